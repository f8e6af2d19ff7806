import type { Refusal } from '../refusal.js'

/** Addresses, methods and parameters. */
export const addresses: readonly Refusal[] = [
  {
    when: 'nothing is at the address',
    ask: 'GET /nowhere',
    answer: {
      type: 'urn:problem:not_found',
      title: 'Not found',
      status: 404,
      code: 'NOT_FOUND',
      detail: 'There is nothing at this address.',
      instance: '/nowhere',
    },
  },
  {
    when: 'the address has a broken encoding',
    ask: 'GET /countries/%E0%A4%A',
    answer: {
      type: 'urn:problem:malformed_address',
      title: 'Malformed address',
      status: 400,
      code: 'MALFORMED_ADDRESS',
      detail: 'The address is not valid percent-encoded UTF-8.',
      instance: '/countries/%E0%A4%A',
    },
  },
  {
    when: 'the address is too long',
    ask: `GET /countries?name=${'x'.repeat(8200)}`,
    answer: {
      type: 'urn:problem:address_too_long',
      title: 'Address too long',
      status: 414,
      code: 'ADDRESS_TOO_LONG',
      detail: 'The address has more than 8192 characters.',
      instance: '/countries',
      details: { limit: 8192 },
    },
  },
  {
    when: 'the address takes another method',
    ask: 'DELETE /countries',
    answer: {
      type: 'urn:problem:method_not_allowed',
      title: 'Method not allowed',
      status: 405,
      code: 'METHOD_NOT_ALLOWED',
      detail: 'This address does not take this method.',
      instance: '/countries',
    },
    telling: { allow: 'GET, HEAD, OPTIONS, POST' },
  },
  {
    when: 'a parameter is not known',
    ask: 'GET /countries?pagesize=3',
    answer: {
      type: 'urn:problem:validation_error',
      title: 'Validation error',
      status: 400,
      code: 'VALIDATION_ERROR',
      detail: 'A query parameter is invalid.',
      instance: '/countries',
      errors: [
        { parameter: 'pagesize', code: 'unknown_parameter', message: 'is not known here; did you mean "pageSize"?' },
      ],
    },
  },
  {
    when: 'no row has such a key',
    ask: 'GET /countries/99',
    answer: {
      type: 'urn:problem:not_found',
      title: 'Not found',
      status: 404,
      code: 'NOT_FOUND',
      detail: 'There is no such row.',
      instance: '/countries/99',
    },
  },
  {
    when: 'the key is none',
    ask: 'GET /countries/peru',
    answer: {
      type: 'urn:problem:not_found',
      title: 'Not found',
      status: 404,
      code: 'NOT_FOUND',
      detail: 'There is no such row.',
      instance: '/countries/peru',
    },
  },
  {
    when: 'the key fits no column',
    ask: 'GET /countries/99999999999999999999',
    answer: {
      type: 'urn:problem:not_found',
      title: 'Not found',
      status: 404,
      code: 'NOT_FOUND',
      detail: 'There is no such row.',
      instance: '/countries/99999999999999999999',
    },
  },
]
