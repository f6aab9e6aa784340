/** What a template looks like, in words. */
import type { UnitStudy } from '../../core/rpc/contract/explanation.ts';
import { fixed } from '../format.ts';
import { m } from '../messages.ts';

const words: Readonly<Record<UnitStudy['tags'][number][number]['tag'], () => string>> = {
  noise: () => m.tag_noise(),
  faded: () => m.tag_faded(),
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
  // Counter-clockwise, as one reads an angle; in the picture it is counted downwards.
  const degrees = Math.round(180 - (study.orientationRadians[unit]! * 180) / Math.PI) % 180;
  return tags
    .map(({ tag, confidence }) => {
      if (tag === 'faded') return words[tag]();
      const word = tag === 'edge' ? m.tag_edge_at({ degrees }) : words[tag]();
      return m.tag_confidence({ tag: word, confidence: fixed(confidence, 2) });
    })
    .join(', ');
}
