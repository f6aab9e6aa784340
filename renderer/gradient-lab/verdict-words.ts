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

/**
 * Whether a planted mistake shows in all the blocks it spoils and in no other. Suspicious is caught too: a weak penalty
 * that was forgotten is a small error, but far above what a right gradient has.
 */
export function isCaught(blocks: GradientCheckReport['parts'][number]['blocks']): boolean {
  return blocks.every(({ isSpoilt, verdict }) => isSpoilt === (verdict === 'wrong' || verdict === 'doubtful'));
}
