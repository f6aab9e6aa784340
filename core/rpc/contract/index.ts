/** All that a page, or the command line, can ask of the backend. */
import { appContract } from './app.ts';
import { checksContract } from './checks.ts';
import { datasetsContract } from './datasets.ts';
import { evaluationContract, explanationContract, picturesContract } from './explanation.ts';
import { featuresContract } from './features.ts';
import { filesContract } from './files.ts';
import { importsContract } from './imports.ts';
import { jobsContract } from './jobs.ts';
import { predictionContract } from './prediction.ts';
import { reportsContract } from './reports.ts';
import { runsContract } from './runs.ts';
import { searchesContract } from './searches.ts';
import { trainingContract } from './training.ts';
import type { Contract } from '../define.ts';

export const studioContract = {
  ...appContract,
  ...datasetsContract,
  ...importsContract,
  ...filesContract,
  ...jobsContract,
  ...trainingContract,
  ...searchesContract,
  ...runsContract,
  ...explanationContract,
  ...evaluationContract,
  ...checksContract,
  ...picturesContract,
  ...predictionContract,
  ...reportsContract,
  ...featuresContract,
} as const satisfies Contract;

export type StudioContract = typeof studioContract;
