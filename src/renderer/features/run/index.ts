export { AgainDialog } from './again-dialog.tsx';
export { noProfileText } from './profile-text.ts';
export { RunDialog } from './run-dialog.tsx';
export { cleanInput, fieldsOf, initialInput, titlesOf } from './schema.ts';
export { SchemaForm } from './schema-form.tsx';
export { type HeldTexts, parseJson, parseObject, textProblem, useJsonText } from './use-json-text.ts';
