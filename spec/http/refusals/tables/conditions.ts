import * as notes from '../../support/notes.js'
import type { RefusalTable } from '../refusal.js'

/** Conditions of requests that are not met, not readable, or not there. */
export const conditions: RefusalTable = {
  title: 'conditions',
  entities: [notes.Note, notes.Dated, notes.Bare, notes.Keyed],
  viewSets: [notes.NoteViewSet, notes.GuardedNoteViewSet, notes.DatedViewSet, notes.BareViewSet, notes.KeyedViewSet],
  store: async (dataSource) => {
    const note = await dataSource.getRepository(notes.Note).save({ title: 'a note' })
    const dated = await dataSource.getRepository(notes.Dated).save({ title: 'dated' })
    const bare = await dataSource.getRepository(notes.Bare).save({ title: 'bare' })
    await dataSource.getRepository(notes.Keyed).save({ key: 'taken', title: 'taken' })
    return { note: note.id, dated: dated.id, bare: bare.id, lost: '018f4e52-0000-7000-8000-000000000000' }
  },
  refusals: [
    {
      when: 'the row is another than it was',
      ask: 'PATCH /notes/{note}',
      headers: { 'if-match': '"99.x"' },
      body: { title: 'late' },
      answer: {
        type: 'urn:problem:precondition_failed',
        title: 'Precondition failed',
        status: 412,
        code: 'PRECONDITION_FAILED',
        detail: 'The row is another than it was when you read it.',
        instance: '/notes/{note}',
        errors: [{ header: 'If-Match', code: 'mismatch', message: 'is not met' }],
      },
    },
    {
      when: 'a weak tag is to match',
      ask: 'DELETE /notes/{note}',
      headers: { 'if-match': 'W/"1"' },
      answer: {
        type: 'urn:problem:precondition_failed',
        title: 'Precondition failed',
        status: 412,
        code: 'PRECONDITION_FAILED',
        detail: 'The row is another than it was when you read it.',
        instance: '/notes/{note}',
        errors: [{ header: 'If-Match', code: 'mismatch', message: 'is not met' }],
      },
    },
    {
      when: 'the row was changed since',
      ask: 'PATCH /dated/{dated}',
      headers: { 'if-unmodified-since': 'Sun, 06 Nov 1994 08:49:37 GMT' },
      body: { title: 'late' },
      answer: {
        type: 'urn:problem:precondition_failed',
        title: 'Precondition failed',
        status: 412,
        code: 'PRECONDITION_FAILED',
        detail: 'The row was changed since then.',
        instance: '/dated/1',
        errors: [{ header: 'If-Unmodified-Since', code: 'mismatch', message: 'is not met' }],
      },
    },
    {
      when: 'a tag is malformed',
      ask: 'PATCH /notes/{note}',
      headers: { 'if-match': 'nonsense' },
      body: { title: 'late' },
      answer: {
        type: 'urn:problem:malformed_header',
        title: 'Malformed header',
        status: 400,
        code: 'MALFORMED_HEADER',
        detail: 'The header If-Match is not well-formed.',
        instance: '/notes/{note}',
        errors: [{ header: 'If-Match', code: 'syntax', message: 'must be `*` or a list of entity tags in quotes' }],
      },
    },
    {
      when: 'a date is malformed',
      ask: 'DELETE /dated/{dated}',
      headers: { 'if-unmodified-since': 'yesterday' },
      answer: {
        type: 'urn:problem:malformed_header',
        title: 'Malformed header',
        status: 400,
        code: 'MALFORMED_HEADER',
        detail: 'The header If-Unmodified-Since is not well-formed.',
        instance: '/dated/1',
        errors: [{ header: 'If-Unmodified-Since', code: 'syntax', message: 'must be a date of HTTP' }],
      },
    },
    {
      when: 'a condition is required',
      ask: 'PATCH /guarded-notes/{note}',
      body: { title: 'late' },
      answer: {
        type: 'urn:problem:precondition_required',
        title: 'Precondition required',
        status: 428,
        code: 'PRECONDITION_REQUIRED',
        detail: "This can be done only with If-Match, so that nobody else's changes are lost.",
        instance: '/guarded-notes/{note}',
        errors: [{ header: 'If-Match', code: 'required', message: 'is required' }],
      },
    },
    {
      when: 'a date is required',
      ask: 'DELETE /dated/{dated}',
      answer: {
        type: 'urn:problem:precondition_required',
        title: 'Precondition required',
        status: 428,
        code: 'PRECONDITION_REQUIRED',
        detail: "This can be done only with If-Unmodified-Since, so that nobody else's changes are lost.",
        instance: '/dated/1',
        errors: [{ header: 'If-Unmodified-Since', code: 'required', message: 'is required' }],
      },
    },
    {
      when: 'any row will do and there is none',
      ask: 'PATCH /notes/{lost}',
      headers: { 'if-match': '*' },
      body: { title: 'late' },
      answer: {
        type: 'urn:problem:not_found',
        title: 'Not found',
        status: 404,
        code: 'NOT_FOUND',
        detail: 'There is no such row.',
        instance: '/notes/{lost}',
      },
    },
    {
      when: 'the row should not be there yet',
      ask: 'POST /keyed',
      headers: { 'if-none-match': '*' },
      body: { key: 'taken', title: 'other' },
      answer: {
        type: 'urn:problem:precondition_failed',
        title: 'Precondition failed',
        status: 412,
        code: 'PRECONDITION_FAILED',
        detail: 'There is such a row already.',
        instance: '/keyed',
        errors: [{ header: 'If-None-Match', code: 'mismatch', message: 'is not met' }],
      },
    },
    {
      when: 'a row has no strong tag',
      ask: 'PATCH /bare/{bare}',
      headers: { 'if-match': '"x"' },
      body: { title: 'late' },
      answer: {
        type: 'urn:problem:precondition_failed',
        title: 'Precondition failed',
        status: 412,
        code: 'PRECONDITION_FAILED',
        detail: 'The row is another than it was when you read it.',
        instance: '/bare/1',
        errors: [{ header: 'If-Match', code: 'mismatch', message: 'is not met' }],
      },
    },
  ],
}
