/**
 * Paths as text that leads back to their bytes. A name on Linux is any bytes; those that are not UTF-8 travel as lone
 * surrogates U+DC80…U+DCFF, one a byte, which no real name holds and which JSON and structured clones bring through
 * (Python's `surrogateescape`, PEP 383). Such a character is shown as a replacement sign.
 */

export function pathText(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(bytes)) return text;
  let escaped = '';
  for (let i = 0; i < bytes.length;) {
    const sequence = bytes.subarray(i, i + sequenceLength(bytes[i]!));
    const character = sequence.toString('utf8');
    if (Buffer.from(character, 'utf8').equals(sequence)) {
      escaped += character;
      i += sequence.length;
    } else {
      escaped += String.fromCharCode(0xdc00 + bytes[i]!);
      i += 1;
    }
  }
  return escaped;
}

/** The bytes of a path from `pathText`, or of any ordinary one. */
export function pathBytes(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8');
  const parts = [...text].map((character) => {
    const code = character.charCodeAt(0);
    const isEscape = character.length === 1 && code >= 0xdc80 && code <= 0xdcff;
    return isEscape ? Buffer.of(code - 0xdc00) : Buffer.from(character, 'utf8');
  });
  return Buffer.concat(parts);
}

/** Bytes of the UTF-8 sequence that begins with this byte; 1 where none does. */
function sequenceLength(first: number): number {
  if (first >= 0xf0) return 4;
  if (first >= 0xe0) return 3;
  return first >= 0xc0 ? 2 : 1;
}
