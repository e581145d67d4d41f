/** Handlers of estimates and hardware: maps only. */
import type { hardwareOperations } from '../../../../contract/models/hardware.ts';
import type { Handlers } from '../../../core/operation/operation.ts';
import type { MemoryService } from './service.ts';

export function memoryHandlers(service: MemoryService): Handlers<keyof typeof hardwareOperations> {
  return {
    estimate_memory: (input) => service.estimateOf(input),
    compatibility: (input) => service.compatibility(input),
    get_hardware_info: () => service.hardwareInfo(),
    check_model_feasibility: ({ model_size_mb }) => service.feasibility(model_size_mb),
    get_recommended_models: () => service.recommendations(),
    get_recipes: () => service.recipes(),
  };
}
