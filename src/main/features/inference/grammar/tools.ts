/** Grammars of tool calls: well-formed calls of known tools, with arguments that match their schemas. */
import { AppError, invalidField } from '../../../../contract/kernel/errors.ts';
import { CALL_CLOSE, CALL_OPEN, type ToolGrammars } from '../../../../contract/models/engine.ts';
import type { Tool, ToolChoice } from '../../../../contract/models/openai/chat.ts';
import { assertEnforceable, createGrammar, literal } from './gbnf.ts';
import { addSchema } from './schema.ts';

const NO_ARGUMENTS = { type: 'object', properties: {}, additionalProperties: false };

/** @returns null when no tool may be called @throws AppError `unsupported-parameter`, `validation-error` */
export function toolGrammars(tools: readonly Tool[], choice: ToolChoice, parallel: boolean): ToolGrammars | null {
  const functions = tools.flatMap(({ function: one }, index) => (one === undefined ? [] : [{ ...one, index }]));
  if (choice === 'none' || (functions.length === 0 && choice === 'auto')) return null;
  const named = typeof choice === 'object' ? choice.function.name : null;
  const allowed = named === null ? functions : functions.filter(({ name }) => name === named);
  if (allowed.length === 0) {
    const reason = named === null ? 'there are no tools to call' : `there is no tool ${JSON.stringify(named)}`;
    throw invalidField('tool_choice', reason, { param: true });
  }
  // Together, or as many schemas as there are tools could each be as large as one may be.
  assertEnforceable(allowed.map(({ parameters }) => parameters ?? NO_ARGUMENTS));
  const grammar = createGrammar();
  const bodies = allowed.map(({ name, parameters, index }) => {
    const schema = parameters == null ? NO_ARGUMENTS : { type: 'object', ...parameters };
    const param = `tools.${index}.function.parameters`;
    if (schema.type !== 'object')
      throw new AppError('unsupported-parameter', `${param}: arguments are an object.`, { extra: { param } });
    const args = addSchema(grammar, schema, param);
    return `${literal(`{"name": ${JSON.stringify(name)}, "arguments": `)} ${args} "}"`;
  });
  const one = grammar.add('call', `[\\n ]? (${bodies.join(' | ')}) [\\n ]? ${literal(CALL_CLOSE)}`);
  const again = parallel && named === null ? ` ("\\n"? ${literal(CALL_OPEN)} ${one}){0,15}` : '';
  return {
    call: grammar.text(`${one}${again}`),
    required: choice === 'auto' ? null : grammar.text(`${literal(CALL_OPEN)} ${one}${again}`),
  };
}
