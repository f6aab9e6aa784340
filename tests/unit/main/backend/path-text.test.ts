import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathBytes, pathText } from '../../../../main/backend/path-text.ts';

describe('paths as text', () => {
  it('are the text itself where the bytes are UTF-8', () => {
    expect(pathText(Buffer.from('/Bilder/größe/크기/😀'))).toBe('/Bilder/größe/크기/😀');
  });

  it('lead back to any bytes, also by way of JSON', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const text = JSON.parse(JSON.stringify(pathText(Buffer.from(bytes)))) as string;

        expect([...pathBytes(text)]).toEqual([...bytes]);
      }),
    );
  });

  it('keep what is readable of a name that is not UTF-8', () => {
    // "Größe" in Latin-1
    expect(pathText(Buffer.from('Gr\xf6\xdfe', 'latin1'))).toBe('Gr\udcf6\udcdfe');
  });
});
