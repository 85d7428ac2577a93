#!/usr/bin/env node
import process from 'node:process';
import { main } from '../dist/cli/main.js';

process.exit(await main(process.argv.slice(2)));
