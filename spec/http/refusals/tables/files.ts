import { formOf, formType, type Part } from '../../uploads/support/form.js'
import { GalleryViewSet } from '../../uploads/support/gallery.js'
import type { RefusalTable } from '../refusal.js'

const headers = { 'content-type': formType }
const form = (...parts: readonly Part[]): string => formOf(...parts).toString('latin1')
const title = { name: 'title', content: 'A title' }
const text = { name: 'picture', fileName: 'a.png', type: 'image/png', content: 'no picture' }

/** Files that are sent. */
export const files: RefusalTable = {
  title: 'files',
  entities: [],
  viewSets: [GalleryViewSet],
  store: async () => ({}),
  refusals: [
    {
      when: 'there is no form',
      ask: 'POST /gallery/look',
      body: { title: 'a' },
      answer: {
        type: 'urn:problem:unsupported_media_type',
        title: 'Unsupported media type',
        status: 415,
        code: 'UNSUPPORTED_MEDIA_TYPE',
        detail: 'The body must be sent as multipart/form-data.',
        instance: '/gallery/look',
      },
      telling: { accept: 'multipart/form-data', 'accept-post': 'multipart/form-data' },
    },
    {
      when: 'the form is malformed',
      ask: 'POST /gallery/look',
      headers,
      raw: 'nonsense',
      answer: {
        type: 'urn:problem:malformed_body',
        title: 'Malformed body',
        status: 400,
        code: 'MALFORMED_BODY',
        detail: 'The body is not well-formed multipart data.',
        instance: '/gallery/look',
      },
    },
    {
      when: 'a file is of another kind',
      ask: 'POST /gallery/look',
      headers,
      raw: form(title, text),
      answer: {
        type: 'urn:problem:file_refused',
        title: 'File refused',
        status: 422,
        code: 'FILE_REFUSED',
        detail: 'A file is not of the kind that is taken here.',
        instance: '/gallery/look',
        errors: [
          {
            pointer: '#/picture',
            code: 'fileContent',
            message: 'must be a file that holds image/png or image/gif',
            params: { reason: 'type', allowed: ['image/png', 'image/gif'] },
          },
        ],
      },
    },
    {
      when: 'a file is missing',
      ask: 'POST /gallery/look',
      headers,
      raw: form(title),
      answer: {
        type: 'urn:problem:validation_error',
        title: 'Validation error',
        status: 400,
        code: 'VALIDATION_ERROR',
        detail: 'The body is invalid in one place.',
        instance: '/gallery/look',
        errors: [{ pointer: '#/picture', code: 'required', message: 'is required' }],
      },
    },
    {
      when: 'a file has another name',
      ask: 'POST /gallery/anything',
      headers,
      raw: form({ name: 'file', fileName: 'a.exe', content: 'x' }),
      answer: {
        type: 'urn:problem:file_refused',
        title: 'File refused',
        status: 422,
        code: 'FILE_REFUSED',
        detail: 'A file is not of the kind that is taken here.',
        instance: '/gallery/anything',
        errors: [
          {
            pointer: '#/file',
            code: 'fileExtension',
            message: 'must be the name of a file that ends in .bin or .txt',
            params: { reason: 'extension', allowed: ['.bin', '.txt'] },
          },
        ],
      },
    },
    {
      when: 'a file is too large',
      ask: 'POST /gallery/anything',
      headers,
      raw: form({ name: 'file', fileName: 'a.txt', content: 'x'.repeat(1_048_577) }),
      answer: {
        type: 'urn:problem:payload_too_large',
        title: 'Payload too large',
        status: 413,
        code: 'PAYLOAD_TOO_LARGE',
        detail: 'A file has more than 1048576 bytes.',
        instance: '/gallery/anything',
        errors: [
          {
            pointer: '#/file',
            code: 'fileSize',
            message: 'must have at most 1048576 bytes',
            params: { maxBytes: 1048576 },
          },
        ],
      },
    },
    {
      when: 'nobody takes such a file',
      ask: 'POST /gallery/anything',
      headers,
      raw: form({ name: 'other', fileName: 'a.txt', content: 'x' }),
      answer: {
        type: 'urn:problem:validation_error',
        title: 'Validation error',
        status: 400,
        code: 'VALIDATION_ERROR',
        detail: 'The body is invalid in one place.',
        instance: '/gallery/anything',
        errors: [{ pointer: '#/other', code: 'unknown_field', message: 'is not known here' }],
      },
    },
  ],
}
