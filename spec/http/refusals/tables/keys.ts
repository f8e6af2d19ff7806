import { idempotencyKeys } from 'plinth'
import * as orders from '../../support/orders.js'
import type { RefusalTable } from '../refusal.js'

const as = 'ada'
const key = (text: string) => ({ headers: { 'idempotency-key': text } })

/** Keys of requests. */
export const keys: RefusalTable = {
  title: 'keys of requests',
  entities: [orders.Order],
  tables: [idempotencyKeys],
  viewSets: [orders.OrderViewSet],
  store: async (dataSource) => {
    await dataSource.getRepository(orders.Order).save({ name: 'first' })
    return {}
  },
  refusals: [
    {
      when: 'a key is required',
      ask: 'POST /orders/charge',
      as,
      body: { amount: 1 },
      answer: {
        type: 'urn:problem:idempotency_key_required',
        title: 'Idempotency key required',
        status: 400,
        code: 'IDEMPOTENCY_KEY_REQUIRED',
        detail: 'The header Idempotency-Key is required.',
        instance: '/orders/charge',
        errors: [{ header: 'Idempotency-Key', code: 'required', message: 'is required' }],
      },
    },
    {
      when: 'the key is malformed',
      ask: 'POST /orders',
      as,
      ...key('"a'),
      body: { name: 'x' },
      answer: {
        type: 'urn:problem:malformed_header',
        title: 'Malformed header',
        status: 400,
        code: 'MALFORMED_HEADER',
        detail: 'The header Idempotency-Key must be a string in quotes of 1 to 255 characters.',
        instance: '/orders',
        errors: [
          { header: 'Idempotency-Key', code: 'syntax', message: 'must be a string in quotes of 1 to 255 characters' },
        ],
      },
    },
    {
      when: 'the key is too long',
      ask: 'POST /orders',
      as,
      ...key(`"${'x'.repeat(256)}"`),
      body: { name: 'x' },
      answer: {
        type: 'urn:problem:malformed_header',
        title: 'Malformed header',
        status: 400,
        code: 'MALFORMED_HEADER',
        detail: 'The header Idempotency-Key must be a string in quotes of 1 to 255 characters.',
        instance: '/orders',
        errors: [
          { header: 'Idempotency-Key', code: 'syntax', message: 'must be a string in quotes of 1 to 255 characters' },
        ],
      },
    },
    {
      when: 'the key is nobody’s',
      ask: 'POST /orders',
      ...key('"a"'),
      body: { name: 'x' },
      answer: {
        type: 'urn:problem:unauthenticated',
        title: 'Unauthenticated',
        status: 401,
        code: 'UNAUTHENTICATED',
        detail: 'Sign in to send an Idempotency-Key.',
        instance: '/orders',
      },
      telling: { 'www-authenticate': 'Bearer' },
    },
    {
      when: 'the key came with another request',
      ask: 'POST /orders?fields=id',
      behind: ['POST /orders'],
      as,
      ...key('"again"'),
      body: { name: 'again' },
      answer: {
        type: 'urn:problem:idempotency_key_reused',
        title: 'Idempotency key reused',
        status: 422,
        code: 'IDEMPOTENCY_KEY_REUSED',
        detail: 'This key came with another request before; take a new one.',
        instance: '/orders',
        errors: [{ header: 'Idempotency-Key', code: 'reused', message: 'belongs to another request' }],
      },
    },
    {
      when: 'what the work refused is kept',
      ask: 'POST /orders',
      behind: ['POST /orders'],
      as,
      ...key('"twin"'),
      body: { name: 'first' },
      answer: {
        type: 'urn:problem:duplicate',
        title: 'Duplicate',
        status: 409,
        code: 'DUPLICATE',
        detail: 'There is already a record with the same name.',
        instance: '/orders',
        errors: [{ pointer: '#/name', code: 'unique', message: 'is already in use' }],
      },
      telling: { 'idempotency-replayed': 'true' },
    },
    {
      when: 'the application refuses',
      ask: 'POST /orders/charge',
      as,
      ...key('"fourteen"'),
      body: { amount: 14 },
      answer: {
        type: 'urn:problem:charge_refused',
        title: 'Charge refused',
        status: 422,
        code: 'CHARGE_REFUSED',
        detail: 'No.',
        instance: '/orders/charge',
      },
    },
    {
      when: 'the application cannot do it now',
      ask: 'POST /orders/charge',
      as,
      ...key('"later"'),
      body: { amount: 1_300_013 },
      answer: {
        type: 'urn:problem:service_unavailable',
        title: 'Service unavailable',
        status: 503,
        code: 'SERVICE_UNAVAILABLE',
        instance: '/orders/charge',
      },
      telling: { 'retry-after': '1' },
    },
  ],
}
