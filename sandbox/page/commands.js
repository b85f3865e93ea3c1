// What somebody types behind "/": which commands there are, and what their options become.

const USER = 6;

/** The commands that begin as the text does, until the name is whole. */
export function fitting(commands, text) {
  const begun = /^\/([\w-]*)(\s?)/.exec(text);
  if (!begun) return [];
  return commands.filter((c) => (begun[2] ? c.name === begun[1] : c.name.startsWith(begun[1])));
}

/** How a command is written: /close [outcome:RESOLVED|UNRESOLVED] [reason:…] */
export function usage(command) {
  const options = (command.options ?? []).map((option) => {
    const value = option.choices ? option.choices.map((choice) => choice.name).join("|") : "…";
    return option.required ? `${option.name}:${value}` : `[${option.name}:${value}]`;
  });
  return [`/${command.name}`, ...options].join(" ");
}

/** Options as `name:value`, or one value alone for the first of them; people may be named. */
export function invocation(commands, people, text) {
  const [, name, rest] = /^\/([\w-]+)\s*(.*)$/s.exec(text);
  const declared = commands.find((command) => command.name === name)?.options ?? [];
  const named = declared.map((option) => option.name).join("|");
  const found = named ? [...rest.matchAll(new RegExp(`(?:^|\\s)(${named}):\\s*(.*?)(?=\\s+(?:${named}):|$)`, "gs"))] : [];
  const pairs = found.map(([, option, value]) => [option, value]);
  if (pairs.length === 0 && rest.trim() && declared.length > 0) pairs.push([declared[0].name, rest]);
  const options = pairs.map(([option, value]) => {
    const kind = declared.find((one) => one.name === option).type;
    const given = value.trim();
    if (kind === USER && !people[given.replace(/^@/, "")] && !/^\d+$/.test(given)) throw new Error(`There is nobody called ${given}.`);
    return { name: option, value: kind === USER ? (people[given.replace(/^@/, "")]?.id ?? given) : given };
  });
  return { name, type: 1, options };
}
