/** Handlers of what is set for generations: maps only. */
import type { modelSettingsOperations } from '../../../../contract/models/settings.ts';
import type { Handlers, Principal } from '../../../core/operation/operation.ts';
import type { GenerationSettings } from './service.ts';

/** @throws AppError when the caller may not use the session */
export type AdmitSession = (sessionId: string, principal: Principal, reads: boolean) => void;

export function settingsHandlers(
  service: GenerationSettings,
  admit: AdmitSession,
): Handlers<keyof typeof modelSettingsOperations> {
  return {
    get_inference_settings: ({ repo_id, variant }) => service.settingsOf(repo_id, variant),
    save_inference_settings(input) {
      const settings = service.save(input);
      return { message: `Settings saved for ${input.repo_id}:${input.variant}`, success: true, settings };
    },
    get_params({ session_id }, { principal }) {
      if (session_id !== undefined) admit(session_id, principal, true);
      return service.getParams(session_id);
    },
    set_params(input, { principal }) {
      if (input.session_id !== undefined) admit(input.session_id, principal, false);
      return { ...service.setParams(input), success: true, message: 'Parameters saved' };
    },
  };
}
