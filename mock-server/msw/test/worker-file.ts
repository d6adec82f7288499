// Serves MSW's worker to the browser tests; here, because only this package can resolve msw.
export { msw } from 'msw/vite'
