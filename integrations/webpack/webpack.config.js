export default { output: { module: true, chunkFormat: 'module' }, experiments: { outputModule: true } }
