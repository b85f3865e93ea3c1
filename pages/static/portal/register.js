// Whoever comes from the widget as a guest brings a token in the address, behind the #: it goes with the form, and
// nowhere else, and what they asked as a guest is theirs once they have registered.
const brought = new URLSearchParams(location.hash.slice(1)).get("guest");
if (brought) {
  history.replaceState(null, "", location.pathname + location.search);
  document.querySelector("form input[name=guest_token]").value = brought;
  document.getElementById("from-widget").hidden = false;
}
