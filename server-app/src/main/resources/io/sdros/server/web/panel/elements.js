/** What the panel's elements are made with. Text goes in as text, never as markup. */

const SVG = 'http://www.w3.org/2000/svg';

/**
 * @param {string} tag
 * @param {Record<string, string | boolean>} attributes  `true`: without a value, `false`: left out
 * @param {(Node | string)[]} children
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children);
  return element;
}

/** An icon of 24 × 24 that says nothing by itself. @param {string} path */
export function icon(path) {
  const picture = document.createElementNS(SVG, 'svg');
  picture.setAttribute('viewBox', '0 0 24 24');
  picture.setAttribute('aria-hidden', 'true');
  picture.appendChild(document.createElementNS(SVG, 'path')).setAttribute('d', path);
  return picture;
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A name that breaks at its dots. @param {string} name @returns {(Node | string)[]} */
export function dotted(name) {
  return name.split('.').flatMap((word, i) => (i === 0 ? [word] : ['.', document.createElement('wbr'), word]));
}

/** @param {HTMLElement} element @param {number} depth  in how many groups it is; deeper ones are not indented further */
export function indent(element, depth) {
  element.dataset.depth = String(Math.min(depth, 6));
}
