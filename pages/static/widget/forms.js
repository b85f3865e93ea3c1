// The kinds of tickets that are offered to the user, and whether somebody is there now.
import { h, texts } from "./dom.js";
import { session } from "./session.js";

const forGuests = JSON.parse(document.body.dataset.forms);

/** The forms that this user may use; those of guests where nobody is known, or if they cannot be read now. */
export async function offered() {
  if (!session.desk || session.isGuest) return forGuests;
  return session.desk.forms().catch(() => forGuests);
}

/** What to say of the hours. */
export function hours(forms) {
  const isOpen = forms.some((it) => it.open);
  const closed = forms.find((it) => it.is_default && it.closed_text) ?? forms.find((it) => it.closed_text);
  const said = isOpen ? texts.there : (closed?.closed_text ?? texts.away);
  return [h("span", { class: isOpen ? "w-dot w-on" : "w-dot", "aria-hidden": "true" }), h("span", null, said)];
}
