import type {
  ActionDescription,
  AnyParameterDescription,
  DescribedScene,
  HeaderDescription,
} from '../description/action-description.js'
import { requiresPrecondition } from '../pipeline/precondition.js'
import type { PreconditionHeader } from './preconditions.js'

const meanings: Readonly<Record<PreconditionHeader | 'Prefer', string>> = {
  'If-Match': 'Tags of the row as the caller knows it, with commas between them, or `*`; 412 where it is another.',
  'If-None-Match': 'Tags the caller has, with commas between them, or `*`.',
  'If-Unmodified-Since': 'A date of HTTP; 412 where the row was written since then.',
  'If-Modified-Since': 'A date of HTTP; 304 where the row was not written since then.',
  Prefer: '`return=minimal` leaves the body of the answer out.',
}

export function parameter(name: keyof typeof meanings, required = false): AnyParameterDescription {
  const schema = name === 'Prefer' ? { type: 'string', examples: ['return=minimal'] } : { type: 'string' }
  return { name, in: 'header', description: meanings[name], schema, explode: false, ...(required && { required }) }
}

export const etag: HeaderDescription = {
  description: 'Tells states of the row, and representations of it, from each other.',
  schema: { type: 'string', pattern: '^(W/)?"[^"]*"$' },
}
const lastModified: HeaderDescription = {
  description: 'When the row was last written, in whole seconds.',
  schema: { type: 'string' },
}

export const preferred: HeaderDescription = {
  description: '`return=minimal` where the body is left out because the caller prefers that.',
  schema: { const: 'return=minimal' },
}

/** Every action reads the conditions of its request; nothing that is known of it can meet those that name a tag. */
const problems = ['MALFORMED_HEADER', 'PRECONDITION_FAILED'] as const

/** What the conditions of requests add to an action: headers it understands and answers with, 304, and problems. */
export function describeConditions({ action, model }: DescribedScene): ActionDescription {
  const { on, method, input, writes } = action
  const isRow = on === 'row'
  if (!model || (!isRow && input !== 'create')) return { problems }
  const { validators } = model
  const required = requiresPrecondition(action)
  const dated = validators.dated
  const headers = method === 'delete' ? {} : { ETag: etag, ...(dated && { 'Last-Modified': lastModified }) }
  if (!writes) {
    const parameters = [parameter('If-None-Match'), ...(dated ? [parameter('If-Modified-Since')] : [])]
    const furtherAnswers = [{ status: 304, description: 'The caller has the representation already.', headers }]
    return { parameters, headers, furtherAnswers, problems }
  }
  const guards = isRow
    ? [
        ...(validators.versioned || !dated ? [parameter('If-Match', required && validators.versioned)] : []),
        ...(dated ? [parameter('If-Unmodified-Since', required && !validators.versioned)] : []),
      ]
    : [parameter('If-None-Match')]
  const applied = { 'Preference-Applied': preferred }
  const minimal = [{ status: 204, description: 'It is done, and no representation was preferred.', headers: applied }]
  return {
    ...((input === 'replace' || input === 'patch') && { furtherAnswers: minimal }),
    parameters: [...guards, ...(input ? [parameter('Prefer')] : [])],
    headers: { ...headers, ...(input === 'create' && applied) },
    problems: [...problems, ...(required ? (['PRECONDITION_REQUIRED'] as const) : [])],
  }
}
