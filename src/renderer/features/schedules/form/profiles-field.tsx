import { X } from 'lucide-react';
import type { ProfileId } from '../../../../contract/kernel/scalars.ts';
import { useOperationQuery } from '../../../lib/live/query.ts';
import { IconButton } from '../../../ui/buttons.tsx';
import { EntityPicker } from '../../../ui/entity-picker/entity-picker.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';

/** Names that are asked for at once, as a list takes them. */
const SHOWN = 50;

/** The profiles that a schedule runs with: picked one after the other. */
export function ProfilesField({
  value,
  onChange,
  required,
  placeholder,
  error,
}: {
  value: readonly string[];
  onChange(ids: string[]): void;
  required: boolean;
  placeholder: string;
  error: string | undefined;
}) {
  const shown = value.slice(0, SHOWN) as ProfileId[];
  const query = useOperationQuery(
    'profiles_list',
    { id: shown, limit: SHOWN },
    { enabled: shown.length > 0, keep: true },
  );
  const names = new Map(query.data?.items.map(({ id, name }) => [id, name]));
  return (
    <div className={layout.col}>
      <EntityPicker
        of="profiles"
        label={value.length > 1 ? 'Profiles, one task with each' : 'Profile'}
        required={required}
        placeholder={value.length === 0 ? placeholder : 'Add another one'}
        value={null}
        error={error}
        onChange={(id) => id !== null && !value.includes(id) && onChange([...value, id])}
      />
      <ul className={layout.bare}>
        {shown.map((id) => (
          <li key={id} className={layout.row}>
            <span className={`${layout.grow} ${text.clip}`}>
              {names.get(id) ?? (query.isPending ? '…' : 'deleted')}
            </span>
            <IconButton
              label={`Remove ${names.get(id) ?? 'the profile'}`}
              Icon={X}
              onClick={() => onChange(value.filter((other) => other !== id))}
            />
          </li>
        ))}
      </ul>
      {value.length > SHOWN ? <p className={text.muted}>And {value.length - SHOWN} more</p> : null}
    </div>
  );
}
