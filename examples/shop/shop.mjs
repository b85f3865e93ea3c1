// The backend of a shop: it knows who its users are, and signs tokens for Guildesk. Needs Node.js 18 alone.
//
//   GUILDESK_URL=http://127.0.0.1:5000 JWT_SECRET_KEY=… node shop.mjs
import { createHmac, randomBytes } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";

const PAGE = new URL("page/", import.meta.url);
const TYPES = { html: "text/html", css: "text/css", js: "text/javascript" };
const FILES = Object.fromEntries(readdirSync(PAGE).map((name) => [`/${name}`, name]));
FILES["/"] = "index.html";
const { GUILDESK_URL, JWT_SECRET_KEY, TOKEN_LIFE = "900", PORT = "8000" } = process.env;
if (!GUILDESK_URL || !JWT_SECRET_KEY) throw new Error("set GUILDESK_URL and JWT_SECRET_KEY");

/** Who is signed in, by the value of the shop's own cookie. A real shop keeps this in its database. */
const sessions = new Map();

/** What Guildesk believes of the user: it is signed with the secret that both know. */
function tokenOf(user) {
  const now = Math.floor(Date.now() / 1000);
  const claims = { ...user, role: "CUSTOMER", iat: now, exp: now + Number(TOKEN_LIFE) };
  const part = (it) => Buffer.from(JSON.stringify(it)).toString("base64url");
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", JWT_SECRET_KEY).update(signed).digest("base64url")}`;
}

function sessionOf(request) {
  return /(?:^|;\s*)shop=([^;]*)/.exec(request.headers.cookie ?? "")?.[1] ?? "";
}

async function bodyOf(request) {
  let text = "";
  for await (const piece of request) text += piece;
  return JSON.parse(text || "{}");
}

/** Gives status, text, type and cookie of the answer. */
async function answer(request) {
  const session = sessionOf(request);
  const user = sessions.get(session);
  const json = (said, cookie) => [200, JSON.stringify(said), "application/json", cookie];
  switch (`${request.method} ${request.url}`) {
    case "GET /my/token": // only the shop's own pages can read this: nothing allows other origins to
      return user ? [200, tokenOf(user), "text/plain"] : [204];
    case "GET /me":
      return json({ name: user?.username ?? null });
    case "POST /sign-in": {
      const name = String((await bodyOf(request)).name ?? "").trim();
      if (!name) return [400];
      const id = name.toLowerCase().replaceAll(" ", ".");
      const key = randomBytes(24).toString("base64url");
      sessions.set(key, { id, username: name, email: `${id}@example.com` });
      return json({ name }, `shop=${key}; HttpOnly; SameSite=Lax; Path=/`);
    }
    case "POST /sign-out":
      sessions.delete(session);
      return json({ name: null }, "shop=; Max-Age=0; Path=/");
  }
  const file = request.method === "GET" && FILES[request.url];
  if (!file) return [404];
  const text = readFileSync(new URL(file, PAGE), "utf-8").replaceAll("{{GUILDESK_URL}}", GUILDESK_URL.replace(/\/+$/, ""));
  return [200, text, TYPES[file.split(".").pop()]];
}

const server = createServer(async (request, response) => {
  const [status, text = "", type = "text/plain", cookie] = await answer(request).catch(() => [400]);
  const headers = { "Content-Type": `${type}; charset=utf-8`, "Cache-Control": "no-store" };
  if (cookie) headers["Set-Cookie"] = cookie;
  response.writeHead(status, headers).end(text);
});
server.listen(Number(PORT), "127.0.0.1", () => console.log(`The shop is open at http://127.0.0.1:${server.address().port}`));
