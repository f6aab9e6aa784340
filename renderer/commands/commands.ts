/** A command: one thing a person can do, by menu, palette or key. */
export interface Command {
  readonly id: string;
  readonly label: () => string;
  /** Heading it stands under in the palette and in the list of shortcuts. */
  readonly group: () => string;
  readonly run: () => void;
  /** In tinykeys' form: `$mod+k`, `g d`, `?`. Letters as codes (`KeyE`), so that they work under a Hangul layout. */
  readonly keys?: string;
  /** The keys are handled where they make sense (a grid that has the focus), and only listed here. */
  readonly isKeyElsewhere?: boolean;
  /** False where it makes no sense now; it is left out then. */
  readonly isAvailable?: () => boolean;
  /** Words it is also found by. */
  readonly keywords?: string;
}

const isMac = /Mac/.test(navigator.platform);
const keyNames: Readonly<Record<string, string>> = {
  $mod: isMac ? '⌘' : 'Ctrl',
  Shift: isMac ? '⇧' : 'Shift',
  Alt: isMac ? '⌥' : 'Alt',
  Space: 'Space',
  Comma: ',',
  Slash: '/',
  Escape: 'Esc',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
};

/** How a person reads the keys: `$mod+KeyK` is `Ctrl K`, or `⌘ K` on a Mac. */
export function keysForPeople(keys: string): string {
  return keys
    .split(' ')
    .map((press) =>
      (press.startsWith('Shift+?') || press === 'Shift+Slash' ? '?' : press)
        .split('+')
        .map((part) => part.replace(/^\[.*\]$/, ''))
        .filter((part) => part !== '')
        .map((part) => keyNames[part] ?? part.replace(/^(Key|Digit)/, ''))
        .join(' '),
    )
    .join(' ');
}
