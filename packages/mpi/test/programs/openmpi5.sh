#!/bin/sh
echo "mpirun (Open MPI) 5.0.7"
