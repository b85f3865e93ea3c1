// What the shop does itself: sign in and out. The widget asks /my/token for whoever that is.
const $ = (id) => document.getElementById(id);

function show(name) {
  $("sign-in").hidden = name !== null;
  $("sign-out").hidden = name === null;
  $("who").textContent = name ?? "";
}

async function send(path, body) {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  show((await answer.json()).name);
  window.Guildesk?.identify("/my/token"); // the widget asks anew who it is
}

$("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  void send("/sign-in", { name: event.target.elements.name.value });
});
$("sign-out").addEventListener("submit", (event) => {
  event.preventDefault();
  void send("/sign-out", {});
});
$("ask").addEventListener("click", () => window.Guildesk?.open());
show((await (await fetch("/me")).json()).name);
