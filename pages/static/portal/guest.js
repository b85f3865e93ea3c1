// Whoever comes from the widget as a guest brings a token in the address, behind the #. It waits in this tab until a
// form takes it along, and goes nowhere else: what they asked as a guest is theirs once they have registered, signed
// in, or said so where they were signed in already.
const KEPT = "guildesk guest";
const brought = new URLSearchParams(location.hash.slice(1)).get("guest");
if (brought) {
  history.replaceState(null, "", location.pathname + location.search);
  sessionStorage.setItem(KEPT, brought);
}
const field = document.querySelector("input[name=guest_token]");
field.value ||= sessionStorage.getItem(KEPT) ?? "";
document.getElementById("from-widget").hidden = !field.value;
field.form.addEventListener("submit", () => sessionStorage.removeItem(KEPT));
