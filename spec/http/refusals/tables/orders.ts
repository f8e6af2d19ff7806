import type { Refusal } from '../refusal.js'

/** Orders, references and unique values. */
export const orders: readonly Refusal[] = [
  {
    when: 'the new order leaves rows out',
    ask: 'POST /ordered-books/bulk/reorder',
    body: { ids: ['{two}'] },
    answer: {
      type: 'urn:problem:not_a_permutation',
      title: 'Not a permutation',
      status: 400,
      code: 'NOT_A_PERMUTATION',
      detail: 'A new order must name every row of one list, each once.',
      instance: '/ordered-books/bulk/reorder',
      errors: [
        {
          pointer: '#/ids',
          code: 'not_a_permutation',
          message: 'A new order must name every row of one list, each once.',
        },
      ],
      details: { unknown: [], duplicate: [] },
    },
  },
  {
    when: 'the list is another than its caller has read',
    ask: 'POST /ordered-books/bulk/reorder',
    body: { ids: ['{two}', '{one}'], input: { expectedVersion: 1 } },
    answer: {
      type: 'urn:problem:list_changed',
      title: 'List changed',
      status: 409,
      code: 'LIST_CHANGED',
      detail: 'The list was changed by somebody else in the meantime.',
      instance: '/ordered-books/bulk/reorder',
      errors: [
        {
          pointer: '#/ids',
          code: 'list_changed',
          message: 'The list was changed by somebody else in the meantime.',
        },
      ],
      details: { version: 6 },
    },
  },
  {
    when: 'several rows are to have one place',
    ask: 'POST /ordered-books/bulk/move-to',
    body: { ids: ['{one}', '{two}'], input: { position: 1 } },
    answer: {
      type: 'urn:problem:one_row',
      title: 'One row',
      status: 400,
      code: 'ONE_ROW',
      detail: 'This takes one row: several can only be moved to the top, before a row or after it.',
      instance: '/ordered-books/bulk/move-to',
      errors: [
        {
          pointer: '#/ids',
          code: 'one_row',
          message: 'This takes one row: several can only be moved to the top, before a row or after it.',
        },
      ],
    },
  },
  {
    when: 'a row is to be moved to a list that is not there',
    ask: 'PATCH /ordered-books/{one}',
    body: { shelfId: 9999 },
    answer: {
      type: 'urn:problem:validation_error',
      title: 'Validation error',
      status: 400,
      code: 'VALIDATION_ERROR',
      detail: 'The record refers to another one that does not exist.',
      instance: '/ordered-books/{one}',
      errors: [{ pointer: '#/shelfId', code: 'reference', message: 'refers to a record that does not exist' }],
    },
  },
  {
    when: 'a new row refers to none',
    ask: 'POST /ordered-books',
    body: { title: 'new', isbn: 'new', shelfId: 9999 },
    answer: {
      type: 'urn:problem:validation_error',
      title: 'Validation error',
      status: 400,
      code: 'VALIDATION_ERROR',
      detail: 'The record refers to another one that does not exist.',
      instance: '/ordered-books',
      errors: [{ pointer: '#/shelfId', code: 'reference', message: 'refers to a record that does not exist' }],
    },
  },
  {
    when: 'another row has the unique value',
    ask: 'PATCH /ordered-books/{one}',
    body: { isbn: 'taken' },
    answer: {
      type: 'urn:problem:duplicate',
      title: 'Duplicate',
      status: 409,
      code: 'DUPLICATE',
      detail: 'There is already a record with the same isbn.',
      instance: '/ordered-books/{one}',
      errors: [{ pointer: '#/isbn', code: 'unique', message: 'is already in use' }],
    },
  },
]
