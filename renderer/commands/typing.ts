/** Whether a key press belongs to what a person types, and not to a shortcut. */

const typedInto = 'textarea, select, [contenteditable], [role="textbox"], [role="combobox"]';
const notTyped: ReadonlySet<string> = new Set([
  'radio',
  'checkbox',
  'button',
  'range',
  'submit',
  'reset',
  'color',
  'file',
]);

export function ignoresShortcut(event: KeyboardEvent): boolean {
  if (event.repeat || event.isComposing) return true;
  const { target } = event;
  if (!(target instanceof Element)) return false;
  if (target instanceof HTMLInputElement) return !notTyped.has(target.type);
  // A dialog is a world of its own: what lies under it must not move.
  return target.closest(typedInto) !== null || document.querySelector('[role="dialog"]') !== null;
}
