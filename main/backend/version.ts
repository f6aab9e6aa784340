import packageJson from '../../package.json' with { type: 'json' };

/** The studio's version, as runs and databases record it. */
export const { version } = packageJson;
