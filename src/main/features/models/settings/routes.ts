/** Handlers of what is set for generations: maps only. */
import type { modelSettingsOperations } from '../../../../contract/models/settings.ts';
import type { Handlers } from '../../../core/operation/operation.ts';
import type { GenerationSettings } from './service.ts';

export function settingsHandlers(service: GenerationSettings): Handlers<keyof typeof modelSettingsOperations> {
  return {
    get_inference_settings: ({ repo_id, variant }) => service.settingsOf(repo_id, variant),
    save_inference_settings(input) {
      const settings = service.save(input);
      return { message: `Settings saved for ${input.repo_id}:${input.variant}`, success: true, settings };
    },
    get_params: ({ session_id }) => service.getParams(session_id),
    set_params: (input) => ({ ...service.setParams(input), success: true, message: 'Parameters saved' }),
  };
}
