import * as nested from '../../../serializer/library.js'
import type { RefusalTable } from '../refusal.js'

/** Fields and related rows. */
export const fields: RefusalTable = {
  title: 'fields and related rows',
  entities: [nested.Author, nested.Tag, nested.Book, nested.Chapter],
  viewSets: [nested.BookViewSet, nested.EditionViewSet],
  store: async (dataSource) => {
    const [author, hidden] = await dataSource.getRepository(nested.Author).save([
      { name: 'an author', email: 'a@b.de' },
      { name: 'a hidden one', email: 'a@b.de' },
    ])
    await dataSource.getRepository(nested.Author).delete(hidden!.id)
    const book = await dataSource.getRepository(nested.Book).save({ title: 'a book', author: author! })
    const other = await dataSource.getRepository(nested.Book).save({ title: 'another' })
    const chapter = await dataSource.getRepository(nested.Chapter).save({ title: 'chapter', book: other })
    return { author: author!.id, hidden: hidden!.id, book: book.id, chapter: chapter.id }
  },
  refusals: [
    {
      when: 'a field is not for nobody',
      ask: 'PATCH /books/{book}',
      body: { price: '1.00' },
      answer: {
        type: 'urn:problem:unauthenticated',
        title: 'Unauthenticated',
        status: 401,
        code: 'UNAUTHENTICATED',
        detail: 'Sign in to write these fields.',
        instance: '/books/{book}',
        errors: [{ pointer: '#/price', code: 'forbidden', message: 'may not be written by you' }],
      },
      telling: { 'www-authenticate': 'Bearer' },
    },
    {
      when: 'fields are not for the caller',
      ask: 'PATCH /books/{book}',
      as: 'bob',
      body: { price: '1.00', note: 'mine' },
      answer: {
        type: 'urn:problem:field_forbidden',
        title: 'Field forbidden',
        status: 403,
        code: 'FIELD_FORBIDDEN',
        detail: 'You may not write 2 of the fields.',
        instance: '/books/{book}',
        errors: [
          { pointer: '#/note', code: 'forbidden', message: 'may not be written by you' },
          { pointer: '#/price', code: 'forbidden', message: 'may not be written by you' },
        ],
      },
    },
    {
      when: 'a field of a related row is not for the caller',
      ask: 'PATCH /books/{book}',
      as: 'bob',
      body: { chapters: [{ title: 'new', remark: 'x' }] },
      answer: {
        type: 'urn:problem:field_forbidden',
        title: 'Field forbidden',
        status: 403,
        code: 'FIELD_FORBIDDEN',
        detail: 'You may not write one of the fields.',
        instance: '/books/{book}',
        errors: [{ pointer: '#/chapters/0/remark', code: 'forbidden', message: 'may not be written by you' }],
      },
    },
    {
      when: 'a related row is hidden',
      ask: 'PATCH /books/{book}',
      body: { author: '{hidden}' },
      answer: {
        type: 'urn:problem:validation_error',
        title: 'Validation error',
        status: 400,
        code: 'VALIDATION_ERROR',
        detail: 'The body is invalid in one place.',
        instance: '/books/{book}',
        errors: [{ pointer: '#/author', code: 'not_found', message: 'refers to no row that you may see' }],
      },
    },
    {
      when: 'a related row belongs elsewhere',
      ask: 'PATCH /books/{book}',
      body: { chapters: [{ id: '{chapter}', title: 'stolen' }] },
      answer: {
        type: 'urn:problem:validation_error',
        title: 'Validation error',
        status: 400,
        code: 'VALIDATION_ERROR',
        detail: 'The body is invalid in one place.',
        instance: '/books/{book}',
        errors: [{ pointer: '#/chapters/0/id', code: 'not_found', message: 'is no row that belongs here' }],
      },
    },
    {
      when: 'related rows are not valid',
      ask: 'PATCH /editions/{book}',
      body: { chapters: [{ title: 'x' }, { title: 'fine', pages: 0 }, 7] },
      answer: {
        type: 'urn:problem:validation_error',
        title: 'Validation error',
        status: 400,
        code: 'VALIDATION_ERROR',
        detail: 'The body is invalid in 3 places.',
        instance: '/editions/{book}',
        errors: [
          {
            pointer: '#/chapters/0/title',
            code: 'minLength',
            message: 'title must be longer than or equal to 2 characters',
          },
          { pointer: '#/chapters/1/pages', code: 'min', message: 'pages must not be less than 1' },
          { pointer: '#/chapters/2', code: 'type', message: 'must be an object' },
        ],
      },
    },
    {
      when: 'a new row is made of an old one',
      ask: 'PATCH /editions/{book}',
      body: { author: { name: 'new', email: 'no' } },
      answer: {
        type: 'urn:problem:validation_error',
        title: 'Validation error',
        status: 400,
        code: 'VALIDATION_ERROR',
        detail: 'The body is invalid in one place.',
        instance: '/editions/{book}',
        errors: [{ pointer: '#/author', code: 'create_only', message: 'cannot be changed once it is created' }],
      },
    },
    {
      when: 'fields are chosen that are not shown',
      ask: 'GET /books/{book}?fields=title,secret&include=author.books',
      answer: {
        type: 'urn:problem:validation_error',
        title: 'Validation error',
        status: 400,
        code: 'VALIDATION_ERROR',
        detail: '2 query parameters are invalid.',
        instance: '/books/{book}',
        errors: [
          { parameter: 'fields', code: 'unknown_field', message: 'names the field "secret", which is not known here' },
          {
            parameter: 'include',
            code: 'unknown_field',
            message: 'names the relation "author.books", which is not known here',
          },
        ],
      },
    },
  ],
}
