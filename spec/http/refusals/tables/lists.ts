import * as gazetteer from '../../support/gazetteer.js'
import type { RefusalTable } from '../refusal.js'

/** Questions to lists. */
export const lists: RefusalTable = {
  title: 'pages, cursors, filters and orders',
  entities: [gazetteer.Town, gazetteer.State, gazetteer.Tongue],
  viewSets: [gazetteer.TownViewSet, gazetteer.WalkViewSet],
  store: async () => ({}),
  refusals: [
    {
      when: 'the page is no number',
      ask: 'GET /towns?page=first',
      answer: {
        type: 'urn:problem:validation_error',
        title: 'Validation error',
        status: 400,
        code: 'VALIDATION_ERROR',
        detail: 'A query parameter is invalid.',
        instance: '/towns',
        errors: [{ parameter: 'page', code: 'number', message: 'must be a whole number from 1, in digits' }],
      },
    },
    {
      when: 'the page is too deep',
      ask: 'GET /towns?page=5000&pageSize=20',
      answer: {
        type: 'urn:problem:validation_error',
        title: 'Validation error',
        status: 400,
        code: 'VALIDATION_ERROR',
        detail: 'A query parameter is invalid.',
        instance: '/towns',
        errors: [
          {
            parameter: 'page',
            code: 'page_too_deep',
            message: 'only the first 10000 rows can be reached by page number',
            params: { max: 10000 },
          },
        ],
      },
    },
    {
      when: 'the page is too large',
      ask: 'GET /towns?pageSize=5000',
      answer: {
        type: 'urn:problem:validation_error',
        title: 'Validation error',
        status: 400,
        code: 'VALIDATION_ERROR',
        detail: 'A query parameter is invalid.',
        instance: '/towns',
        errors: [{ parameter: 'pageSize', code: 'max', message: 'must be at most 100', params: { max: 100 } }],
      },
    },
    {
      when: 'the page is given twice',
      ask: 'GET /towns?page=1&page=2',
      answer: {
        type: 'urn:problem:validation_error',
        title: 'Validation error',
        status: 400,
        code: 'VALIDATION_ERROR',
        detail: 'A query parameter is invalid.',
        instance: '/towns',
        errors: [{ parameter: 'page', code: 'repeated', message: 'must be given once' }],
      },
    },
    {
      when: 'there are no cursors',
      ask: 'GET /towns?page=1&cursor=x',
      answer: {
        type: 'urn:problem:validation_error',
        title: 'Validation error',
        status: 400,
        code: 'VALIDATION_ERROR',
        detail: 'A query parameter is invalid.',
        instance: '/towns',
        errors: [{ parameter: 'cursor', code: 'unknown_parameter', message: 'is not known here' }],
      },
    },
    {
      when: 'the cursor is none',
      ask: 'GET /walk?cursor=nonsense',
      answer: {
        type: 'urn:problem:validation_error',
        title: 'Validation error',
        status: 400,
        code: 'VALIDATION_ERROR',
        detail: 'A query parameter is invalid.',
        instance: '/walk',
        errors: [
          {
            parameter: 'cursor',
            code: 'invalid_cursor',
            message: 'is no cursor of this list; read it from the first page again',
          },
        ],
      },
    },
    {
      when: 'filters and orders are not known',
      ask: 'GET /towns?peple__gte=1&ordering=-nmae&name__regex=x',
      answer: {
        type: 'urn:problem:validation_error',
        title: 'Validation error',
        status: 400,
        code: 'VALIDATION_ERROR',
        detail: '3 query parameters are invalid.',
        instance: '/towns',
        errors: [
          {
            parameter: 'peple__gte',
            code: 'unknown_parameter',
            message: 'is not known here; did you mean "people__gte"?',
          },
          {
            parameter: 'name__regex',
            code: 'unknown_parameter',
            message: 'is not known here; did you mean "name__range"?',
          },
          { parameter: 'ordering', code: 'unknown_field', message: 'cannot order by "nmae"; did you mean "name"?' },
        ],
      },
    },
    {
      when: 'values are none',
      ask: 'GET /towns?people=many&founded=soon&capital=yes&size=huge',
      answer: {
        type: 'urn:problem:validation_error',
        title: 'Validation error',
        status: 400,
        code: 'VALIDATION_ERROR',
        detail: '4 query parameters are invalid.',
        instance: '/towns',
        errors: [
          { parameter: 'people', code: 'type', message: 'must be a whole number, in digits' },
          { parameter: 'capital', code: 'type', message: 'must be true or false' },
          { parameter: 'founded', code: 'date', message: 'must be a day such as "2026-01-31"' },
          {
            parameter: 'size',
            code: 'enum',
            message: 'must be one of "small", "large", "medium"',
            params: { values: ['small', 'large', 'medium'] },
          },
        ],
      },
    },
    {
      when: 'the words are too short',
      ask: 'GET /towns?search=a+b',
      answer: {
        type: 'urn:problem:validation_error',
        title: 'Validation error',
        status: 400,
        code: 'VALIDATION_ERROR',
        detail: 'A query parameter is invalid.',
        instance: '/towns',
        errors: [
          {
            parameter: 'search',
            code: 'min_length',
            message: 'must have words of at least 2 characters',
            params: { min: 2 },
          },
        ],
      },
    },
  ],
}
