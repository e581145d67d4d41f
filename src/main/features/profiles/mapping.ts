/** Between rows and the wire. */
import type { ProfileCreate, ProfileSnapshot } from '../../../contract/automation/profiles.ts';
import type { ProfileRow } from './schema.ts';

/** What `null` in a patch means for members that are empty by nature. */
export const DEFAULTS_WHEN_NULL = { tags: [], notes: '', start_urls: [], launch_args: [] };

/** The editable members as they are on the wire. */
export function wireOf(row: ProfileRow): ProfileCreate {
  return {
    name: row.name,
    color: row.color,
    group: row.group,
    tags: row.tags,
    notes: row.notes,
    browser: row.browser,
    executable_path: row.executablePath,
    start_urls: row.startUrls,
    locale: row.locale,
    timezone: row.timezone,
    viewport: row.viewport,
    window: row.window,
    user_agent: row.userAgent,
    color_scheme: row.colorScheme,
    launch_args: row.launchArgs,
    storage: row.storage,
    clear_cache_on_stop: row.clearCacheOnStop,
  };
}

/** What a task remembers of a profile. */
export function snapshotOf(row: ProfileRow): ProfileSnapshot {
  const { color: _color, group: _group, tags: _tags, notes: _notes, ...rest } = wireOf(row);
  return { ...rest, id: row.id, version: row.version };
}

/** The editable members as columns. */
export function rowMembers(input: ProfileCreate) {
  return {
    name: input.name,
    color: input.color,
    group: input.group,
    tags: input.tags,
    notes: input.notes,
    browser: input.browser,
    executablePath: input.executable_path,
    startUrls: input.start_urls,
    locale: input.locale,
    timezone: input.timezone,
    viewport: input.viewport,
    window: input.window,
    userAgent: input.user_agent,
    colorScheme: input.color_scheme,
    launchArgs: input.launch_args,
    storage: input.storage,
    clearCacheOnStop: input.clear_cache_on_stop,
  };
}
