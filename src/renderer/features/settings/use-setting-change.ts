import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Json } from '../../../contract/kernel/scalars.ts';
import { fieldText } from '../../../contract/kernel/text/field-words.ts';
import { keyOf, useAct } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { errorToast, undoToast } from '../../ui/feedback/toast.tsx';
import type { SettingField } from './setting-fields.ts';

/** Saves a setting at once and offers to undo it. */
export function useSettingChange() {
  const queries = useQueryClient();
  const blocked = useCan('settings_update');
  const [errors, setErrors] = useState<Record<string, string>>({});
  const update = useAct('settings_update', {
    onDone: (answer) => queries.setQueryData(keyOf('settings_get', {}), answer),
  });
  const send = (field: SettingField, value: Json, done?: () => void) =>
    update.mutate(
      { [field.key]: value },
      {
        onSuccess: () => {
          setErrors(({ [field.key]: _old, ...rest }) => rest);
          done?.();
        },
        onError: (error) => {
          const reason = error.errors?.[field.key];
          const message = reason && fieldText(field.key, reason, { [field.key]: field.title });
          if (message === undefined) errorToast(`Could not change “${field.title}”`, error);
          else setErrors((old) => ({ ...old, [field.key]: message }));
        },
      },
    );
  return {
    errors,
    blocked,
    /** `null` restores the default. */
    change: (field: SettingField, value: Json, before: Json) =>
      send(field, value, () => undoToast(`“${field.title}” changed`, () => send(field, before))),
  };
}
