/** Which numbers of a value are drawn as curves: a list to choose from. */

import { MAX_CURVES, pathName } from './curves.js';
import { make, setText } from './elements.js';
import { numbersIn } from './json-text.js';
import { jsonOf } from './value-text.js';

const MAX_FIELDS = 60;

/**
 * @param {import('./subjects.js').Subject} subject
 * @param {import('./curves.js').SubjectCurves} curves
 * @returns {HTMLElement} the numbers that the value has now
 */
export function fieldChoice(subject, curves) {
  const part = jsonOf(subject.payload, subject.lengthBytes);
  const paths = part === null ? [] : numbersIn(part, MAX_FIELDS + 1);
  const note = make('p', { class: 'quiet', role: 'status' });
  const list = make('fieldset', { class: 'fields' }, make('legend', {}, `Curves of ${subject.name}`));
  if (paths.length === 0) setText(note, 'There is no number in this value.');
  else if (paths.length > MAX_FIELDS) setText(note, `The first ${MAX_FIELDS} numbers; there are more.`);
  for (const path of paths.slice(0, MAX_FIELDS)) {
    const box = make('input', { type: 'checkbox' });
    box.checked = curves.watches(path);
    box.addEventListener('change', () => {
      if (curves.choose(path, box.checked)) return;
      box.checked = false;
      setText(note, `No more than ${MAX_CURVES} of a subject.`);
    });
    list.append(make('label', {}, box, pathName(path)));
  }
  list.append(note);
  return list;
}
