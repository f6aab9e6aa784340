/** The numbered migrations, in order. One that has shipped is never edited; the next one gets the next number. */
import initial from './0001-initial.sql?raw';
import evaluations from './0002-evaluations.sql?raw';
import searches from './0003-searches.sql?raw';
import racePaths from './0004-race-paths.sql?raw';
import labelStudies from './0005-label-studies.sql?raw';

export const migrations: readonly string[] = [initial, evaluations, searches, racePaths, labelStudies];
