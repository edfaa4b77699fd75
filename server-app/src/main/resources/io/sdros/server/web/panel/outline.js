/** The lines of the panel: subjects by their names, in a tree once there are many. */

/** Up to so many subjects are a plain list, and unfolded. */
export const FEW_SUBJECTS = 20;

/**
 * @typedef {object} OutlineLine
 * @property {string} key
 * @property {'group' | 'subject'} kind
 * @property {string} name  of the subject; of a group, what the names of all in it begin with, up to a dot
 * @property {string} label  what of it the lines above do not say
 * @property {number} depth  groups that it is in
 * @property {number} size  subjects in the group; 1 for a subject
 * @property {boolean} open  of a group
 */

/**
 * @param {string[]} names  in alphabetical order
 * @param {object} how
 * @param {string} how.filter  what a name must contain, in whatever case
 * @param {Set<string>} how.pinned  these come first, by themselves
 * @param {Set<string>} how.folded  groups of which only the first line is there; not while there is a filter
 * @returns {OutlineLine[]}
 */
export function outline(names, { filter, pinned, folded }) {
  const wanted = filter.trim().toLowerCase();
  const matching = names.filter((name) => name.toLowerCase().includes(wanted));
  const first = matching.filter((name) => pinned.has(name)).map((name) => subjectLine(name, '', 0));
  const rest = matching.filter((name) => !pinned.has(name));
  if (names.length <= FEW_SUBJECTS) return [...first, ...rest.map((name) => subjectLine(name, '', 0))];
  const lines = first;
  addGroup(lines, rest, { begin: '', depth: 0, folded: wanted === '' ? folded : new Set() });
  return lines;
}

/** @param {string} said  what the lines above say of its name */
const subjectLine = (name, said, depth) => ({
  key: `subject ${name}`, kind: 'subject', name, label: name.slice(said.length), depth, size: 1, open: true,
});

/** No deeper than a subject has dots, of which there are at most 256. */
function addGroup(lines, names, { begin, depth, folded }) {
  const said = depth === 0 ? '' : begin;
  for (let from = 0; from < names.length;) {
    const word = names[from].slice(begin.length).split('.', 1)[0];
    const own = `${begin}${word}`;
    const inside = `${own}.`;
    // In alphabetical order names that go on with a dot need not follow at once: 'a', 'a-b', 'a.b'.
    let end = from + 1;
    while (end < names.length && names[end].startsWith(inside)) end++;
    const group = names.slice(from, end);
    from = end;
    if (group.length === 1) {
      lines.push(subjectLine(group[0], said, depth));
      continue;
    }
    if (group[0] === own) lines.push(subjectLine(group.shift(), said, depth));
    const common = commonBegin(group);
    const name = common.slice(0, -1);
    if (group.length === 1) {
      lines.push(subjectLine(group[0], said, depth));
    } else if (depth === 0 && group.length === names.length) {
      // All names begin so: a group of them all would say nothing.
      addGroup(lines, group, { begin: common, depth, folded });
    } else {
      const open = !folded.has(name);
      lines.push({ key: `group ${name}`, kind: 'group', name, label: name.slice(said.length), depth, size: group.length, open });
      if (open) addGroup(lines, group, { begin: common, depth: depth + 1, folded });
    }
  }
}

/** What all begin with, up to and with a dot. */
function commonBegin(names) {
  const first = names[0];
  const last = names.at(-1);
  let same = 0;
  while (same < first.length && same < last.length && first[same] === last[same]) same++;
  return first.slice(0, first.lastIndexOf('.', same - 1) + 1);
}
