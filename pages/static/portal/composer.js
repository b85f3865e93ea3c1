// Where a message is written: text, files, an answer to one message, the change of another. A draft outlives the page.
import { $, app, fill, h, size, words } from "./dom.js";
import { draftOf } from "./drafts.js";
import { nameOf } from "./message.js";

const MOST_FILES = 10;
const QUOTED = 60;

export class Composer {
  #form = $("compose");
  #text = $("content");
  #chosen = [];
  #replyTo = null;
  #editing = null;
  #before = "";
  #most;
  #draft;

  /** `on` has send(content, {files, reply_to}), edit(message, content), types(), problem(text). */
  constructor(on, { most, ticket }) {
    this.on = on;
    this.#most = most;
    this.#draft = draftOf(ticket);
    this.#text.value ||= this.#draft.text; // on a slow line, somebody may have begun to write already
    this.#grow();
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit();
    });
    this.#heed();
    addEventListener("guildesk-blocked", () => this.#heed());
    this.#text.addEventListener("input", () => this.#typed());
    this.#text.addEventListener("keydown", (event) => this.#key(event));
    this.#text.addEventListener("paste", (event) => this.#take(event.clipboardData?.files ?? []));
    $("files").addEventListener("change", (event) => {
      this.#take(event.target.files);
      event.target.value = "";
    });
    $("about-end").addEventListener("click", () => this.#end());
    const talk = $("talk");
    talk.addEventListener("dragover", (event) => event.preventDefault());
    talk.addEventListener("drop", (event) => {
      event.preventDefault();
      this.#take(event.dataTransfer?.files ?? []);
    });
  }

  set hidden(hidden) {
    this.#form.hidden = hidden;
  }

  /** Who is blocked may not write, and keeps what they have written. */
  #heed() {
    this.#text.readOnly = $("files").disabled = $("send").disabled = "blocked" in app.dataset;
  }

  reply(message) {
    this.#end();
    this.#replyTo = message;
    const text = message.content.slice(0, QUOTED) || words.file;
    this.#about(fill(words.replying, { name: nameOf(message), text }));
  }

  edit(message) {
    this.#end();
    this.#editing = message;
    this.#before = this.#text.value;
    this.#text.value = message.content;
    this.#about(words.editing);
    this.#grow();
  }

  /** A message that is being answered or changed has gone. */
  forget(id) {
    if (this.#replyTo?.id === id || this.#editing?.id === id) this.#end();
  }

  #about(text) {
    $("about-text").textContent = text;
    $("about").hidden = false;
    this.#text.focus();
  }

  #end() {
    if (this.#editing) this.#text.value = this.#before;
    this.#replyTo = this.#editing = null;
    $("about").hidden = true;
    this.#grow();
  }

  async #submit() {
    if (this.#text.readOnly) return;
    const content = this.#text.value;
    if (this.#editing) {
      if (!content.trim()) return;
      const message = this.#editing;
      if (content === message.content || (await this.on.edit(message, content))) this.#end();
      return;
    }
    if (!content.trim() && !this.#chosen.length) return;
    const files = this.#chosen;
    const more = { files, ...(this.#replyTo && { reply_to: this.#replyTo.id }) };
    this.#chosen = [];
    this.#text.value = "";
    this.#end();
    this.#draft.keep(this.#text.value);
    this.#show();
    await this.on.send(content.trim() ? content : "", more);
    this.#text.focus();
  }

  #key(event) {
    if (event.key === "Escape" && !$("about").hidden) return this.#end();
    const finger = matchMedia("(pointer: coarse)").matches;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || (finger && !event.ctrlKey)) return;
    event.preventDefault();
    this.#form.requestSubmit();
  }

  #typed() {
    this.#grow();
    if (this.#editing) return;
    this.#draft.keep(this.#text.value);
    if (this.#text.value) this.on.types();
  }

  #grow() {
    this.#text.rows = Math.min(8, Math.max(1, this.#text.value.split("\n").length));
    this.#text.style.height = "auto";
    this.#text.style.height = `${Math.min(this.#text.scrollHeight + 2, 220)}px`;
  }

  #take(files) {
    for (const file of files) {
      if (this.#chosen.length >= MOST_FILES) {
        this.on.problem(words.too_many);
        break;
      }
      if (file.size > this.#most) this.on.problem(fill(words.too_large, { name: file.name, size: size(this.#most) }));
      else this.#chosen.push(file);
    }
    this.#show();
  }

  #show() {
    $("chosen").replaceChildren(...this.#chosen.map((file) => this.#shown(file)));
  }

  #shown(file) {
    const preview = file.type.startsWith("image/") ? h("img", { alt: "", src: URL.createObjectURL(file) }) : h("span", { "aria-hidden": "true" }, "📄");
    if (preview.src) preview.addEventListener("load", () => URL.revokeObjectURL(preview.src), { once: true });
    const off = () => {
      this.#chosen = this.#chosen.filter((it) => it !== file);
      this.#show();
      this.#text.focus();
    };
    const label = h("span", { class: "unseen" }, fill(words.take_off, { name: file.name }));
    return h("li", {}, preview, h("span", {}, file.name, h("small", {}, size(file.size))), h("button", { type: "button", class: "plain", onclick: off }, h("span", { "aria-hidden": "true" }, "✕"), label));
  }
}
