/** The verdicts of a check as lights: a word, a sign and a colour each. */
import type { Component } from 'svelte';
import Check from '@lucide/svelte/icons/circle-check';
import CircleAlert from '@lucide/svelte/icons/circle-alert';
import CircleDot from '@lucide/svelte/icons/circle-dot';
import CircleX from '@lucide/svelte/icons/circle-x';
import type { GradientCheckReport } from '../../core/rpc/contract/checks.ts';
import { m } from '../messages.ts';

export type Verdict = GradientCheckReport['parts'][number]['verdict'];

type Sign = Component<{ size?: number | string; strokeWidth?: number | string; 'aria-hidden'?: boolean }>;

export const verdictLooks: Readonly<Record<Verdict, { word: () => string; color: string; sign: Sign }>> = {
  fine: { word: () => m.lab_light_fine(), color: 'var(--ready)', sign: Check },
  plausible: { word: () => m.lab_light_plausible(), color: 'var(--accent)', sign: CircleDot },
  doubtful: { word: () => m.lab_light_doubtful(), color: 'var(--warning)', sign: CircleAlert },
  wrong: { word: () => m.lab_light_wrong(), color: 'var(--danger)', sign: CircleX },
};

export const mistakeWords = {
  'forgot-mean': () => m.lab_mistake_mean(),
  'forgot-mask': () => m.lab_mistake_mask(),
  'wrong-sign': () => m.lab_mistake_sign(),
  'forgot-penalty': () => m.lab_mistake_penalty(),
  'transposed-product': () => m.lab_mistake_transposed(),
} as const;

/** `layer 1 weights` as W₁, `layer 1 bias` as b₁. */
export function blockSign({ kind, layer }: { readonly kind: 'weights' | 'bias'; readonly layer: number }): string {
  const digits = [...String(layer)].map((digit) => String.fromCharCode(0x2080 + Number(digit))).join('');
  return `${kind === 'weights' ? 'W' : 'b'}${digits}`;
}

type Part = GradientCheckReport['parts'][number];

/** Blocks that a planted mistake spoils, in any part; empty where this model cannot show it at this point. */
export function spoiltBlocks(parts: readonly Part[]): Part['blocks'] {
  const named = new Map(parts.flatMap(({ blocks }) => blocks.filter((b) => b.isSpoilt).map((b) => [b.name, b])));
  return [...named.values()];
}

/**
 * Whether a planted mistake is called wrong in all the blocks it spoils, in one part at least, and no other block is even suspicious
 * in any. A forgotten penalty that is small beside the data's gradient shows in the penalty's own.
 */
export function isCaught(parts: readonly Part[]): boolean {
  const all = parts.flatMap(({ blocks }) => blocks);
  const isFound = ({ name }: Part['blocks'][number]) =>
    all.some((block) => block.name === name && block.isSpoilt && block.verdict === 'wrong');
  const isQuiet = all.every(({ isSpoilt, verdict }) => isSpoilt || verdict === 'fine' || verdict === 'plausible');
  return isQuiet && spoiltBlocks(parts).every(isFound);
}

/** The part in which a mistake shows most. */
export function tellingPart(parts: readonly Part[]): Part {
  const error = ({ blocks }: Part) =>
    Math.max(-1, ...blocks.filter((b) => b.isSpoilt).map((b) => b.largestRelativeError ?? Infinity));
  return parts.reduce((a, b) => (error(b) >= error(a) ? b : a));
}
