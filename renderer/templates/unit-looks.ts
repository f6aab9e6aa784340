/** What a template looks like, in words. */
import type { UnitStudy } from '../../core/rpc/contract/explanation.ts';
import { fixed } from '../format.ts';
import { m } from '../messages.ts';

const words: Readonly<Record<UnitStudy['tags'][number][number]['tag'], () => string>> = {
  noise: () => m.tag_noise(),
  edge: () => m.tag_edge(),
  blob: () => m.tag_blob(),
  'red-green': () => m.tag_red_green(),
  'blue-yellow': () => m.tag_blue_yellow(),
  colour: () => m.tag_colour(),
};

/** A tag in words. */
export function tagWord(tag: UnitStudy['tags'][number][number]['tag']): string {
  return words[tag]();
}

/** `edge 32°, blue against yellow`; what has no tag is called so. */
export function looksLike(study: UnitStudy, unit: number): string {
  const tags = study.tags[unit] ?? [];
  if (tags.length === 0) return m.tag_none();
  const degrees = (study.orientationRadians[unit]! * 180) / Math.PI;
  return tags
    .map(({ tag, confidence }) => {
      const word = tag === 'edge' ? m.tag_edge_at({ degrees: fixed(degrees, 0) }) : words[tag]();
      return m.tag_confidence({ tag: word, confidence: fixed(confidence, 2) });
    })
    .join(', ');
}
