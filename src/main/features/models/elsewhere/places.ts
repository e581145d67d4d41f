/** Where other programs keep their models. */
import path from 'node:path';

/** The machine as far as it says where programs keep things. */
export interface Surroundings {
  home: string;
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
}

/** Folders by program; most are not there. */
export interface Places {
  huggingface: string[];
  ollama: string[];
  lmstudio: string[];
  gpt4all: string[];
  jan: string[];
}

/** Where programs keep data of this user. */
function dataFolder({ home, env, platform }: Surroundings): string {
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support');
  if (platform === 'win32') return env.LOCALAPPDATA ?? path.join(home, 'AppData', 'Local');
  return env.XDG_DATA_HOME ?? path.join(home, '.local', 'share');
}

/** See {@link Places}. */
export function placesOf(surroundings: Surroundings): Places {
  const { home, env, platform } = surroundings;
  const data = dataFolder(surroundings);
  const roaming = platform === 'win32' ? (env.APPDATA ?? path.join(home, 'AppData', 'Roaming')) : data;
  const cache = env.XDG_CACHE_HOME ?? path.join(home, '.cache');
  const hub = env.HF_HUB_CACHE ?? path.join(env.HF_HOME ?? path.join(cache, 'huggingface'), 'hub');
  return {
    huggingface: [hub],
    ollama: [
      env.OLLAMA_MODELS ?? path.join(home, '.ollama', 'models'),
      ...(platform === 'linux' ? ['/usr/share/ollama/.ollama/models'] : []),
    ],
    lmstudio: [path.join(home, '.lmstudio', 'models'), path.join(cache, 'lm-studio', 'models')],
    gpt4all: [path.join(data, 'nomic.ai', 'GPT4All')],
    jan: [path.join(roaming, 'Jan', 'data', 'llamacpp', 'models'), path.join(home, 'jan', 'models')],
  };
}
