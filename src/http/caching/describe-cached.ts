import { etag, parameter } from '../conditional/describe-conditions.js'
import type { Describe } from '../description/action-description.js'

/** What a cache adds to actions whose answers have no tag otherwise: one, and 304 to who has the answer already. */
export const describeCached: Describe = ({ action, model }) => {
  if (!action.cache || (model && action.on === 'row')) return undefined
  const headers = { ETag: etag }
  return {
    parameters: [parameter('If-None-Match')],
    headers,
    furtherAnswers: [{ status: 304, description: 'The caller has the answer already.', headers }],
    problems: ['MALFORMED_HEADER', 'PRECONDITION_FAILED'],
  }
}
