/** A worker thread: does the one task it was started with, answers and ends; or helps such a thread to compute. */
import { parentPort, workerData } from 'node:worker_threads';
import { toWireError } from '../../core/rpc/wire-error.ts';
import { collapseTask } from './collapse-task.ts';
import { checkGradientTask } from './checks/check-gradient-task.ts';
import { curvatureTask } from './checks/curvature-task.ts';
import { descentTask } from './checks/descent-task.ts';
import { lossGridTask } from './checks/loss-grid-task.ts';
import { noiseTask } from './checks/noise-task.ts';
import { numericGradientTask } from './checks/numeric-gradient-task.ts';
import { scalingTask } from './checks/scaling-task.ts';
import { wanderingTask } from './checks/wandering-task.ts';
import { compareTask } from './compare-task.ts';
import { answerQuestions, type ExplainerData } from './explainer-thread.ts';
import { logInternal } from './log-internal.ts';
import { useNativeGate } from './native-gate.ts';
import { type DescribeData, helpDescribe } from './describe-crew.ts';
import { conditioningTask, learnTask, sharesTask } from './feature-questions.ts';
import { exactnessTask } from './exactness-task.ts';
import { featureTask } from './feature-task.ts';
import { foldsTask } from './folds-task.ts';
import { helpLearn, type LearnData } from './learn-features.ts';
import { followLeader, type FollowerData } from './shared-engine.ts';
import { pathsTask } from './paths-task.ts';
import { look, predict, scores, templates } from './model-tasks.ts';
import { probe } from './probe-task.ts';
import { pruningTask } from './pruning-task.ts';
import { findRateTask } from './rate-task.ts';
import { requests, type Task, type TaskContext, type TaskMethod, type ThreadMessage } from './task.ts';
import { trainTask } from './train-task.ts';
import { unitsTask } from './units-task.ts';

function post(message: ThreadMessage): void {
  parentPort!.postMessage(message);
}

/** Each method's own input belongs to it by the type of a task. */
function run(task: Task): unknown {
  const control = new Int32Array(task.control);
  const context: TaskContext<TaskMethod> = {
    request: () => requests[Atomics.load(control, 0)]!,
    waitWhilePaused: () => void Atomics.wait(control, 0, requests.indexOf('pause')),
    progress: (value) => post({ kind: 'progress', value }),
  };
  switch (task.method) {
    case 'compute.probe':
      return probe();
    case 'compute.train':
      return trainTask((task as Task<'compute.train'>).input, context);
    case 'compute.features':
      return featureTask((task as Task<'compute.features'>).input, context);
    case 'compute.learn':
      return learnTask((task as Task<'compute.learn'>).input, context);
    case 'compute.conditioning':
      return conditioningTask((task as Task<'compute.conditioning'>).input, context);
    case 'compute.shares':
      return sharesTask((task as Task<'compute.shares'>).input);
    case 'compute.scores':
      return scores((task as Task<'compute.scores'>).input, context);
    case 'compute.folds':
      return foldsTask((task as Task<'compute.folds'>).input, context);
    case 'compute.predict':
      return predict((task as Task<'compute.predict'>).input);
    case 'compute.templates':
      return templates((task as Task<'compute.templates'>).input);
    case 'compute.look':
      return look((task as Task<'compute.look'>).input);
    case 'compute.exactness':
      return exactnessTask((task as Task<'compute.exactness'>).input, context);
    case 'compute.collapse':
      return collapseTask((task as Task<'compute.collapse'>).input, context);
    case 'compute.pruning':
      return pruningTask((task as Task<'compute.pruning'>).input, context);
    case 'compute.compare':
      return compareTask((task as Task<'compute.compare'>).input, context);
    case 'compute.units':
      return unitsTask((task as Task<'compute.units'>).input, context);
    case 'compute.checkGradient':
      return checkGradientTask((task as Task<'compute.checkGradient'>).input, context);
    case 'compute.numericGradient':
      return numericGradientTask((task as Task<'compute.numericGradient'>).input, context);
    case 'compute.descent':
      return descentTask((task as Task<'compute.descent'>).input, context);
    case 'compute.scaling':
      return scalingTask((task as Task<'compute.scaling'>).input, context);
    case 'compute.curvature':
      return curvatureTask((task as Task<'compute.curvature'>).input, context);
    case 'compute.lossGrid':
      return lossGridTask((task as Task<'compute.lossGrid'>).input, context);
    case 'compute.findRate':
      return findRateTask((task as Task<'compute.findRate'>).input, context);
    case 'compute.paths':
      return pathsTask((task as Task<'compute.paths'>).input, context);
    case 'compute.noise':
      return noiseTask((task as Task<'compute.noise'>).input, context);
    case 'compute.wandering':
      return wanderingTask((task as Task<'compute.wandering'>).input, context);
  }
}

const data = workerData as Task | FollowerData | ExplainerData | DescribeData | LearnData;
if ('thread' in data) followLeader(data);
else if ('describe' in data) helpDescribe(data);
else if ('learn' in data) helpLearn(data);
else if ('kind' in data) answerQuestions();
else {
  useNativeGate(data.gate);
  try {
    post({ kind: 'result', value: run(data) });
  } catch (cause) {
    post({ kind: 'error', error: toWireError(cause, logInternal) });
  }
}
