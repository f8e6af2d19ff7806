import type { ActionDescription, DescribedScene } from '../description/action-description.js'
import { idempotencyOf } from './idempotency.js'
import { idempotencyHeader } from './idempotency-key.js'
import { keptRefusals } from './kept-answer.js'

const headers = {
  'Idempotency-Replayed': {
    description: '`true` where the answer is one that was given before.',
    schema: { const: 'true' },
  },
} as const

const later = {
  'Retry-After': {
    description: 'After how many seconds to try again, where the first request is still being answered.',
    schema: { type: 'string' },
  },
} as const

/** The header that makes an action idempotent, and what comes of it. */
export function describeIdempotency({ action }: DescribedScene): ActionDescription | undefined {
  const mode = idempotencyOf(action)
  if (mode === 'off') return undefined
  return {
    parameters: [
      {
        name: idempotencyHeader,
        in: 'header',
        description:
          'A string in quotes that is new for each request and the same when it is repeated: it is carried out once, and every repetition has the same answer.',
        schema: { type: 'string', maxLength: 257, examples: ['"8e03978e-40d5-43dd-bc93-6894a57f9324"'] },
        ...(mode === 'required' && { required: true }),
      },
    ],
    headers,
    problemHeaders: [
      { headers, statuses: keptRefusals },
      { headers: later, statuses: [409] },
    ],
    problems: [
      'MALFORMED_HEADER',
      'IDEMPOTENCY_KEY_IN_USE',
      'IDEMPOTENCY_KEY_REUSED',
      ...(mode === 'required' ? (['IDEMPOTENCY_KEY_REQUIRED'] as const) : []),
    ],
  }
}
