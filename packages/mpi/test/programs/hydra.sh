#!/bin/sh
echo "HYDRA build details:"
