/** Settings of local models: where they come from, how they are loaded and how requests share them. */
import { z } from 'zod';
import { at, HostName } from './setting-fields.ts';

/** Fields of the settings' schema, in the order in which they are shown. */
export const inferenceSettings = {
  'embedding.lexical_fallback': z
    .boolean()
    .default(true)
    .meta(
      at(
        'Inference',
        'Built-in embeddings',
        'Requests that name no embedding model use the built-in one, which compares words and their parts, not meanings. Off: they are refused until a model is installed.',
      ),
    ),
  'models.folder': z
    .string()
    .max(4096)
    .nullable()
    .default(null)
    .meta(
      at(
        'Inference',
        'Models folder',
        'Absolute path of the folder with models. Leave empty for the folder “models” in the data folder.',
      ),
    ),
  'hub.endpoint': z
    .string()
    .max(500)
    .regex(
      /^(https:\/\/[^/\s@]+|http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?)$/,
      'must be https://host, or http:// on this computer',
    )
    .default('https://huggingface.co')
    .meta(at('Inference', 'Model hub', 'Address of the hub that models are downloaded from, or of its mirror.')),
  'hub.offline': z
    .boolean()
    .default(false)
    .meta(at('Inference', 'Offline', 'Nothing is downloaded and the hub is asked nothing.')),
  'hub.connections': z
    .int()
    .min(1)
    .max(16)
    .default(4)
    .meta(
      at('Inference', 'Connections of a download', 'A large file is downloaded in so many parts at the same time.'),
    ),
  'hub.allowed_hosts': z
    .array(HostName)
    .max(100)
    .default([])
    .meta(
      at('Inference', 'Download hosts', 'Hosts beside those of Hugging Face that the hub may send downloads from.'),
    ),
  model_aliases: z
    .record(z.string().min(1).max(100), z.string().min(1).max(256))
    .default({})
    .meta(at('Inference', 'Model aliases', 'Further names of models, such as gpt-4o for the name of a model here.')),
  auto_load: z
    .boolean()
    .default(true)
    .meta(at('Inference', 'Load models on demand', 'A request for a model that is not loaded loads it first.')),
  'inference.self_check': z
    .boolean()
    .default(true)
    .meta(
      at(
        'Inference',
        'Check new models',
        'After its first load a model answers a few known questions while it is idle; what is wrong with it shows on the Models screen.',
      ),
    ),
  model_ttl_seconds: z
    .int()
    .min(0)
    .max(31_536_000)
    .default(3600)
    .meta(
      at(
        'Inference',
        'Unload after idle seconds',
        'Idle time after which a model leaves the memory; 0 keeps it loaded.',
      ),
    ),
  max_loaded_models: z
    .int()
    .min(0)
    .max(64)
    .default(2)
    .meta(
      at(
        'Inference',
        'Loaded models',
        'Models in memory at the same time at most; 0: as many as fit. The one that was used longest ago makes room, never one in use.',
      ),
    ),
  parallel: z
    .int()
    .min(1)
    .max(16)
    .default(1)
    .meta(
      at(
        'Inference',
        'Requests side by side',
        'Generations that one model computes at the same time. Each has a context of its own and its memory. Takes effect when a model is loaded.',
      ),
    ),
  max_queue: z
    .int()
    .min(0)
    .max(10_000)
    .default(64)
    .meta(at('Inference', 'Waiting requests', 'Requests that may wait for one model; further ones are refused.')),
  generation_timeout_seconds: z
    .int()
    .min(0)
    .max(86_400)
    .default(300)
    .meta(
      at('Inference', 'Generation timeout (seconds)', 'Longest time without a new token; 0 waits without a limit.'),
    ),
  rerank_budget_seconds: z
    .int()
    .min(0)
    .max(86_400)
    .default(60)
    .meta(
      at(
        'Inference',
        'Time for a ranking (seconds)',
        'Documents that are not ranked by then are left out of the answer, which says so; 0 waits for all.',
      ),
    ),
  responses_retention_days: z
    .int()
    .min(1)
    .max(3650)
    .default(30)
    .meta(
      at(
        'Storage & retention',
        'Stored responses (days)',
        'How long responses are kept for clients that go on from them.',
      ),
    ),
  'inference.context_length': z
    .int()
    .min(256)
    .max(1_048_576)
    .default(8192)
    .meta(
      at(
        'Inference',
        'Context length',
        'Tokens of one context when a model is loaded without a length of its own; less when the model was made for less or the memory holds less.',
      ),
    ),
  'inference.prompt_batch': z
    .int()
    .min(16)
    .max(2048)
    .default(128)
    .meta(
      at(
        'Inference',
        'Prompt batch (tokens)',
        'Tokens of a prompt that are computed at once at most; a slow model takes fewer. More read long prompts faster on a graphics processor, take more memory, and hold a cancel up for longer. Takes effect when a model is loaded.',
      ),
    ),
  'inference.threads': z
    .int()
    .min(0)
    .max(256)
    .default(0)
    .meta(
      at(
        'Inference',
        'Threads',
        'Processor threads that the engines use together; 0 takes all physical cores but one.',
        { restart: true },
      ),
    ),
  'inference.gpu': z
    .enum(['auto', 'off'])
    .default('auto')
    .meta(at('Inference', 'GPU', 'Use a graphics processor where there is one.', { restart: true })),
};
