export { RunDialog } from './run-dialog.tsx';
export { cleanInput, fieldsOf, initialInput } from './schema.ts';
export { SchemaForm } from './schema-form.tsx';
export { parseJson, parseObject, useJsonText } from './use-json-text.ts';
