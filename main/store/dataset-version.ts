import type { FitPolicy } from '../../core/rpc/contract/common.ts';

/** One immutable version of a dataset: what a run trains on. Columns have one entry a picture, in stored order. */
export interface DatasetVersion {
  readonly datasetId: string;
  readonly name: string;
  readonly version: string;
  /** count × height × width × channels bytes after a header of `headerBytes`. */
  readonly pixelsPath: string;
  readonly headerBytes: number;
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** How pictures of another shape are brought to this size. */
  readonly fit: FitPolicy;
  readonly classes: readonly string[];
  readonly labels: Uint16Array<ArrayBuffer>;
  /** Index into `splitNames`. */
  readonly splits: Uint8Array;
  /** Bit 0: excluded, bit 1: warned, bit 2: in a problem group. */
  readonly flags: Uint8Array;
  /** Number of the group of (near) duplicates, −1 for a picture that stands alone. */
  readonly groups: Int32Array;
}

export const excludedFlag = 1;

/** What training asks of the datasets. */
export interface DatasetVersions {
  /** Version null is the current one. Throws DATASET_NOT_FOUND for an unknown dataset or version. */
  version(datasetId: string, version: string | null): DatasetVersion;
}
