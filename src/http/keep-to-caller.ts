import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'

/** Lets nobody but the caller keep an answer with which a middleware sends a cookie, whatever the answer says of itself. */
export function keepToCaller(response: ServerResponse, headers: OutgoingHttpHeaders): void {
  const said = headers['cache-control']
  // Most answers say nothing of caches.
  if (said === undefined || !response.hasHeader('set-cookie')) return
  if (!/\b(?:private|no-store)\b/i.test(said)) headers['cache-control'] = 'private, no-cache'
}
