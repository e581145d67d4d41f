export { AgainDialog } from './again-dialog.tsx';
export { InputForm } from './input-form.tsx';
export { noProfileText } from './profile-text.ts';
export { RunDialog } from './run-dialog.tsx';
export { useRunDraft } from './use-run-draft.ts';
