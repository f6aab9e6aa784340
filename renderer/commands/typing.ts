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

/** What a field does itself with Ctrl or ⌘. */
const editing: ReadonlySet<string> = new Set(['KeyA', 'KeyC', 'KeyV', 'KeyX', 'KeyY', 'KeyZ']);

export function ignoresShortcut(event: KeyboardEvent): boolean {
  if (event.repeat || event.isComposing) return true;
  const { target } = event;
  if (!(target instanceof Element)) return false;
  // A dialog is a world of its own: what lies under it must not move.
  if (document.querySelector('[role="dialog"]') !== null) return true;
  const isTypedInto =
    target instanceof HTMLInputElement ? !notTyped.has(target.type) : target.closest(typedInto) !== null;
  // Ctrl+K writes nothing, so it is a shortcut from within a field too.
  return isTypedInto && !((event.ctrlKey || event.metaKey) && !editing.has(event.code));
}
