import type { Refusal } from '../refusal.js'

const json = { 'content-type': 'application/json' }
/** Callers who may not do what they ask for. */
export const callers: readonly Refusal[] = [
  {
    when: 'nobody is signed in',
    ask: 'POST /cities',
    body: { name: 'Arequipa' },
    answer: {
      type: 'urn:problem:unauthenticated',
      title: 'Unauthenticated',
      status: 401,
      code: 'UNAUTHENTICATED',
      detail: 'Sign in to do this.',
      instance: '/cities',
    },
    telling: { 'www-authenticate': 'Bearer' },
  },
  {
    when: 'nobody is signed in, whatever the body',
    ask: 'POST /cities',
    raw: '{',
    headers: json,
    answer: {
      type: 'urn:problem:unauthenticated',
      title: 'Unauthenticated',
      status: 401,
      code: 'UNAUTHENTICATED',
      detail: 'Sign in to do this.',
      instance: '/cities',
    },
    telling: { 'www-authenticate': 'Bearer' },
  },
  {
    when: 'nobody is signed in and the row decides',
    ask: 'DELETE /cities/{mine}',
    answer: {
      type: 'urn:problem:unauthenticated',
      title: 'Unauthenticated',
      status: 401,
      code: 'UNAUTHENTICATED',
      detail: 'Sign in to do this.',
      instance: '/cities/{mine}',
    },
    telling: { 'www-authenticate': 'Bearer' },
  },
  {
    when: 'the row is of somebody else',
    ask: 'PATCH /cities/{theirs}',
    as: 'ada',
    body: { rank: 1 },
    answer: {
      type: 'urn:problem:permission_denied',
      title: 'Permission denied',
      status: 403,
      code: 'PERMISSION_DENIED',
      detail: 'You may not do this.',
      instance: '/cities/{theirs}',
    },
  },
  {
    when: 'the row is outside of what the caller sees',
    ask: 'PATCH /mine/{theirs}',
    as: 'ada',
    body: { rank: 1 },
    answer: {
      type: 'urn:problem:not_found',
      title: 'Not found',
      status: 404,
      code: 'NOT_FOUND',
      detail: 'There is no such row.',
      instance: '/mine/{theirs}',
    },
  },
]
