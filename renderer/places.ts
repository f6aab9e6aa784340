/** The places of the studio. A new place is one more entry here, and a component in a folder of its own. */
import type { Component } from 'svelte';
import Blend from '@lucide/svelte/icons/blend';
import ChartLine from '@lucide/svelte/icons/chart-line';
import Crosshair from '@lucide/svelte/icons/crosshair';
import FlaskRound from '@lucide/svelte/icons/flask-round';
import FlaskConical from '@lucide/svelte/icons/flask-conical';
import Grid3x3 from '@lucide/svelte/icons/grid-3x3';
import Images from '@lucide/svelte/icons/images';
import Mountain from '@lucide/svelte/icons/mountain';
import Route from '@lucide/svelte/icons/route';
import ScanEye from '@lucide/svelte/icons/scan-eye';
import { m } from './messages.ts';
import type { DatasetSummary } from '../core/rpc/contract/datasets.ts';
import type { Studio } from './studio.svelte.ts';

/** What every place gets: the id in its address, `#/train/<id>`. */
export interface PlaceProps {
  readonly params: { readonly id: string | null };
}

export interface Place {
  readonly id: string;
  readonly group: 'data' | 'model' | 'understand' | 'keep';
  readonly title: () => string;
  readonly icon: Component<{ size?: number | string; strokeWidth?: number | string; 'aria-hidden'?: boolean }>;
  /** Key after `g` that goes there, as a key code. */
  readonly key: string;
  /** What the id in the address names, so that the frame makes it the current one and links keep it. */
  readonly of: 'dataset' | 'run' | 'nothing';
  readonly load: () => Promise<{ default: Component<PlaceProps> }>;
  /** A number beside its name in the rail. */
  readonly count?: (studio: Studio) => number | null;
}

export const places: readonly Place[] = [
  {
    id: 'dataset',
    group: 'data',
    title: () => m.place_dataset(),
    icon: Images,
    key: 'KeyD',
    of: 'dataset',
    load: () => import('./dataset/DatasetPlace.svelte'),
    count: ({ dataset }) =>
      dataset && dataset.counts.train + (dataset.counts.validation ?? 0) + (dataset.counts.test ?? 0),
  },
  {
    id: 'features',
    group: 'data',
    title: () => m.place_features(),
    icon: Blend,
    key: 'KeyF',
    of: 'dataset',
    load: () => import('./features/FeaturesPlace.svelte'),
  },
  {
    id: 'train',
    group: 'model',
    title: () => m.place_train(),
    icon: ChartLine,
    key: 'KeyT',
    of: 'run',
    load: () => import('./train/TrainPlace.svelte'),
  },
  {
    id: 'templates',
    group: 'model',
    title: () => m.place_templates(),
    icon: Grid3x3,
    key: 'KeyM',
    of: 'run',
    load: () => import('./templates/TemplatesPlace.svelte'),
  },
  {
    id: 'evaluate',
    group: 'model',
    title: () => m.place_evaluate(),
    icon: Crosshair,
    key: 'KeyV',
    of: 'run',
    load: () => import('./evaluate/EvaluatePlace.svelte'),
  },
  {
    id: 'predict',
    group: 'model',
    title: () => m.place_predict(),
    icon: ScanEye,
    key: 'KeyP',
    of: 'run',
    load: () => import('./predict/PredictPlace.svelte'),
  },
  {
    id: 'optimizers',
    group: 'understand',
    title: () => m.place_optimizers(),
    icon: Route,
    key: 'KeyO',
    of: 'dataset',
    load: () => import('./optimizers/OptimizersPlace.svelte'),
  },
  {
    id: 'gradient-lab',
    group: 'understand',
    title: () => m.place_gradient_lab(),
    icon: FlaskRound,
    key: 'KeyG',
    of: 'run',
    load: () => import('./gradient-lab/GradientLabPlace.svelte'),
  },
  {
    id: 'landscapes',
    group: 'understand',
    title: () => m.place_landscapes(),
    icon: Mountain,
    key: 'KeyL',
    of: 'run',
    load: () => import('./landscapes/LandscapesPlace.svelte'),
  },
  {
    id: 'experiments',
    group: 'keep',
    title: () => m.place_experiments(),
    icon: FlaskConical,
    key: 'KeyX',
    of: 'nothing',
    load: () => import('./experiments/ExperimentsPlace.svelte'),
    count: ({ runs }) => runs.length,
  },
];

export const placeGroups = [
  { id: 'data', title: () => m.place_group_data() },
  { id: 'model', title: () => m.place_group_model() },
  { id: 'understand', title: () => m.place_group_understand() },
  { id: 'keep', title: () => m.place_group_keep() },
] as const;

/** What a place is about: the dataset or run that it shows. */
interface Current {
  readonly dataset: Pick<DatasetSummary, 'id'> | null;
  readonly runId: string | null;
}

/** The address of a place for what is current. */
export function addressOf(place: Place, { dataset, runId }: Current): string {
  const id = place.of === 'dataset' ? (dataset?.id ?? null) : place.of === 'run' ? runId : null;
  return id === null ? `/${place.id}` : `/${place.id}/${id}`;
}

export function placeAt(location: string): Place | null {
  const id = location.split('/')[1] ?? '';
  return places.find((place) => place.id === id) ?? null;
}
