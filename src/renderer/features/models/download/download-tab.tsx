/** Models that can be downloaded: those of the catalogue, and any repo by its name. */
import { TextInput } from '@mantine/core';
import { Download, Search as SearchIcon } from 'lucide-react';
import { useState } from 'react';
import type { CatalogueEntry } from '../../../../contract/models/hardware.ts';
import { bytes } from '../../../lib/format.ts';
import { type Answer, useAct, useOperationQuery } from '../../../lib/live/query.ts';
import { useCan } from '../../../lib/use-can.ts';
import { Button } from '../../../ui/buttons.tsx';
import { Badge } from '../../../ui/display/badge.tsx';
import { ErrorState, StateFrame } from '../../../ui/feedback/state-frame.tsx';
import { errorToast, toast } from '../../../ui/feedback/toast.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import css from '../models.module.css';
import { parameters, TYPE_WORDS } from '../words.ts';
import { Downloads } from './downloads.tsx';
import { HubToken } from './hub-token.tsx';

type Offer = Answer<'get_recommended_models'>['models'][number];
const REPO = /^[\w.-]+\/[\w.-]+$/;

export function DownloadTab() {
  const query = useOperationQuery('get_recommended_models', {}, { refetchOnFocus: true });
  return (
    <div className={layout.scroll}>
      <div className={css.page}>
        <Downloads />
        <ByName />
        <section aria-label="Recommended models">
          <h2>Recommended</h2>
          <StateFrame of={query} skeleton={8}>
            {query.data === undefined ? null : (
              <>
                <p className={text.muted}>
                  Models of up to {query.data.recommended_sizes[0]} parameters run well in the memory that is free now.
                </p>
                <ul className={layout.bare}>
                  {query.data.models.map((offer) => (
                    <OfferLine key={`${offer.repo}:${offer.variant}`} offer={offer} />
                  ))}
                </ul>
              </>
            )}
          </StateFrame>
        </section>
        <HubToken />
      </div>
    </div>
  );
}

function usePull() {
  const blocked = useCan('pull_model');
  const pull = useAct('pull_model', {
    onDone: ({ status, message }) => status === 'downloaded' && toast(message),
    onError: (error) => errorToast('Could not download the model', error),
  });
  return { blocked, pull, busy: pull.isPending };
}

function OfferLine({ offer }: { offer: Offer }) {
  const { pull, blocked, busy } = usePull();
  const get = ({ repo, variant }: Pick<CatalogueEntry, 'repo' | 'variant'>) => pull.mutate({ model: repo, variant });
  return (
    <li className={css.line}>
      <span className={layout.grow} title={`${offer.repo}, ${offer.license}`}>
        <span className={css.name}>{offer.name}</span> <span className={text.muted}>{offer.summary}</span>
      </span>
      <span className={`${text.muted} ${css.wide} ${css.optional}`}>{TYPE_WORDS[offer.type]}</span>
      <span className={`${css.figure} ${css.optional} ${text.num} ${text.muted}`}>{parameters(offer.parameters)}</span>
      <span className={`${css.figure} ${text.num}`}>{bytes(offer.bytes)}</span>
      <span className={css.wide}>
        <span title={`For machines with ${offer.ram_gb} GB of memory`}>
          <Badge tone={offer.fits ? 'good' : 'bad'}>{offer.fits ? 'Fits' : 'Too large'}</Badge>
        </span>
      </span>
      <Button
        small
        about={offer.name}
        icon={<Download size={13} />}
        busy={busy}
        blocked={offer.installed ? 'It is on this machine' : blocked}
        onClick={() => get(offer)}
      >
        {offer.installed ? 'Installed' : 'Download'}
      </Button>
    </li>
  );
}

/** Any repo of the hub. */
function ByName() {
  const [typed, setTyped] = useState('');
  const [repo, setRepo] = useState<string | null>(null);
  const noAsk = useCan('get_model_quants');
  const wrong = REPO.test(typed.trim()) ? null : 'Type the name of a repository, such as owner/name';
  const query = useOperationQuery('get_model_quants', { repo_id: repo ?? '' }, { enabled: repo !== null });
  return (
    <section aria-label="Hugging Face">
      <h2>Hugging Face</h2>
      <form
        className={css.field}
        onSubmit={(event) => {
          event.preventDefault();
          if (wrong === null && noAsk === null) setRepo(typed.trim());
        }}
      >
        <TextInput
          className={layout.grow}
          size="xs"
          label="Repository"
          placeholder="owner/name"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button
          submit
          icon={<SearchIcon size={13} />}
          blocked={noAsk ?? wrong}
          busy={repo !== null && query.isFetching}
        >
          Show quantizations
        </Button>
      </form>
      {repo === null ? null : query.error ? (
        <ErrorState inline error={query.error} retry={() => query.refetch()} />
      ) : (
        <Quants repo={repo} details={query.data?.details ?? []} />
      )}
    </section>
  );
}

const STATUS_WORDS: Partial<Record<Answer<'get_model_quants'>['details'][number]['status'], string>> = {
  downloaded: 'Installed',
  downloading: 'Downloading',
};

function Quants({ repo, details }: { repo: string; details: Answer<'get_model_quants'>['details'] }) {
  const { pull, blocked, busy } = usePull();
  return (
    <ul className={layout.bare}>
      {details.map(({ key, total_size: size, status, files }) => (
        <li key={key} className={css.line}>
          <span className={`${layout.grow} ${text.clip}`} title={files.join(', ')}>
            <span className={css.name}>{key}</span>
          </span>
          <span className={`${css.figure} ${text.num}`}>{bytes(size)}</span>
          <Button
            small
            about={key}
            icon={<Download size={13} />}
            busy={busy}
            blocked={STATUS_WORDS[status] ?? blocked}
            onClick={() => pull.mutate({ model: repo, variant: key })}
          >
            {STATUS_WORDS[status] ?? 'Download'}
          </Button>
        </li>
      ))}
    </ul>
  );
}
