import { SETTING_SECTIONS } from '../../../contract/host/setting-fields.ts';
import { isDesktop } from '../../lib/client/message-port.ts';
import { useAllActions } from '../../lib/keys/use-actions.ts';
import { useOperationQuery } from '../../lib/live/query.ts';
import { useFilters } from '../../lib/use-filters.ts';
import { Button } from '../../ui/buttons.tsx';
import { Badge } from '../../ui/display/badge.tsx';
import { NoMatch, StateFrame } from '../../ui/feedback/state-frame.tsx';
import { focusable } from '../../ui/focusable.ts';
import { FilterField } from '../../ui/form/filter-field.tsx';
import { KeyList } from '../../ui/key-list.tsx';
import { Screen, ScreenHead } from '../../ui/screen.tsx';
import layout from '../../ui/styles/layout.module.css';
import { About } from './about.tsx';
import { Audit } from './audit.tsx';
import { Backups } from './backups.tsx';
import { settingFields } from './setting-fields.ts';
import { SettingRow } from './setting-row.tsx';
import css from './settings-screen.module.css';
import { useSettingChange } from './use-setting-change.ts';

const EXTRA = { shortcuts: 'Shortcuts', about: 'About & diagnostics' } as const;

const title = (name: string) => (name in EXTRA ? EXTRA[name as keyof typeof EXTRA] : name);

/** What a search finds besides settings: where it is, and the words for it. */
const PLACES = [
  { title: 'Backups', section: 'Storage & retention', words: 'backup back up restore database copy' },
  { title: 'Audit', section: 'Advanced', words: 'audit verify log of changes history' },
  { title: EXTRA.shortcuts, section: 'shortcuts', words: 'keyboard keys' },
  { title: EXTRA.about, section: 'about', words: 'version diagnose doctor checks health' },
];

/** Sections, cards and their actions that match. */
function placesOf(q: string, sections: readonly string[]) {
  const named = sections.filter((name) => !(name in EXTRA)).map((name) => ({ title: name, section: name, words: '' }));
  return [...PLACES, ...named].filter(({ title, words }) => `${title} ${words}`.toLowerCase().includes(q));
}

/** Settings by section; the rows are generated from the host's JSON Schema. */
export function SettingsScreen() {
  const [search, set] = useFilters();
  const schema = useOperationQuery('settings_schema', {});
  const settings = useOperationQuery('settings_get', {});
  const actions = useAllActions();
  const { change, errors, blocked } = useSettingChange();
  const section = search.section ?? SETTING_SECTIONS[0];
  const q = search.q?.toLowerCase();
  const fields =
    schema.data === undefined ? [] : settingFields(schema.data).filter((field) => !field.desktop || isDesktop());
  const sections = [
    ...SETTING_SECTIONS.filter((name) => fields.length === 0 || fields.some((field) => field.section === name)),
    ...Object.keys(EXTRA),
  ];
  const current = sections.includes(section) ? section : (sections[0] ?? section);
  const shown = fields.filter((field) =>
    q === undefined
      ? field.section === current
      : `${field.title} ${field.description} ${field.key}`.toLowerCase().includes(q),
  );
  const places = q === undefined ? [] : placesOf(q, sections);
  const heading = q === undefined ? title(current) : `Results for “${search.q}”`;
  const waiting = settings.data?.restart_required.length ?? 0;
  return (
    <Screen>
      <ScreenHead>
        <h1>Settings</h1>
        <span className={layout.grow} />
        {waiting === 0 ? null : <Badge tone="warn">{waiting} take effect after a restart of the host</Badge>}
      </ScreenHead>
      <div className={css.settings}>
        <Sections {...{ sections, set }} q={search.q} current={q === undefined ? current : null} />
        <section className={`${layout.scroll} ${css.pane}`} aria-label={heading} {...focusable}>
          <div className={css.column}>
            <h2>{heading}</h2>
            {q === undefined && current === 'shortcuts' ? <KeyList actions={actions} /> : null}
            {q === undefined && current === 'about' ? <About /> : null}
            {q === undefined && current in EXTRA ? null : (
              <StateFrame of={schema.error === null ? settings : schema}>
                {places.map((place) => (
                  <Button key={place.title} kind="ghost" onClick={() => set({ section: place.section, q: undefined })}>
                    {place.title}
                  </Button>
                ))}
                {shown.length + places.length === 0 && q !== undefined ? (
                  <NoMatch what="settings" clear={() => set({ q: undefined })} />
                ) : null}
                {shown.map((field) => (
                  <SettingRow
                    key={field.key}
                    field={field}
                    value={settings.data?.values[field.key] ?? null}
                    error={errors[field.key] ?? null}
                    needsRestart={settings.data?.restart_required.includes(field.key) ?? false}
                    blocked={blocked}
                    onChange={(value) => change(field, value, settings.data?.values[field.key] ?? null)}
                  />
                ))}
              </StateFrame>
            )}
            {q === undefined && current === 'Storage & retention' ? <Backups /> : null}
            {q === undefined && current === 'Advanced' ? <Audit /> : null}
          </div>
        </section>
      </div>
    </Screen>
  );
}

function Sections({
  sections,
  current,
  q,
  set,
}: {
  sections: readonly string[];
  /** Null while results of a search are shown. */
  current: string | null;
  q: string | undefined;
  set(patch: Record<string, string | undefined>): void;
}) {
  return (
    <nav className={css.nav} aria-label="Sections">
      <FilterField wide value={q} onChange={(next) => set({ q: next })} placeholder="Search settings" />
      {sections.map((name) => (
        <button
          key={name}
          type="button"
          aria-current={current === name ? 'page' : undefined}
          onClick={() => set({ section: name, q: undefined })}
        >
          {title(name)}
        </button>
      ))}
    </nav>
  );
}
